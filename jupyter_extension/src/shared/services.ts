import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Settings } from './settings';

/** What the parts of the extension share. Null is what this application does not have. */
export interface IServices {
  app: JupyterFrontEnd;
  trans: TranslationBundle;
  rendermime: IRenderMimeRegistry;
  languages: IEditorLanguageRegistry | null;
  editors: IEditorServices | null;
  tracker: INotebookTracker | null;
  documents: IDocumentManager | null;
  browsers: IFileBrowserFactory | null;
  settings: Settings;
}
