import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { addCommands } from './commands';
import { watchDisk } from './compare/warning';
import { offerConflicts } from './conflict/opening';
import { rollCheckpoints } from './live/rolling';
import { watchSaves } from './live/saved';
import { provideDiffs } from './provider';
import { setLanguage } from './shared/error';
import { PLUGIN, Settings } from './shared/settings';

const plugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN,
  description: 'Commit and push, compare, checkpoints and history of notebooks.',
  autoStart: true,
  requires: [IRenderMimeRegistry],
  optional: [
    INotebookTracker,
    ISettingRegistry,
    ICommandPalette,
    IFileBrowserFactory,
    IDocumentManager,
    IEditorLanguageRegistry,
    ITranslator
  ],
  activate: (
    app,
    rendermime: IRenderMimeRegistry,
    tracker: INotebookTracker | null,
    registry: ISettingRegistry | null,
    palette: ICommandPalette | null,
    browsers: IFileBrowserFactory | null,
    documents: IDocumentManager | null,
    languages: IEditorLanguageRegistry | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('nbvc');
    setLanguage(trans);
    const settings = Settings.load(registry);
    const services = {
      app,
      trans,
      rendermime,
      languages,
      tracker,
      documents,
      browsers,
      settings
    };
    watchSaves(tracker);
    addCommands(services, palette);
    offerConflicts(services);
    rollCheckpoints(services);
    watchDisk(services);
    void provideDiffs(services);
  }
};

export default plugin;
