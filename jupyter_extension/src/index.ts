import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { addCommands } from './commands';
import { markMargins } from './compare/margin';
import { watchDisk } from './compare/warning';
import { offerConflicts } from './conflict/opening';
import { rollCheckpoints } from './live/rolling';
import { Versions } from './panel/opening';
import { StatusItem } from './panel/status';
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
    IEditorServices,
    ITranslator,
    IStatusBar,
    ILayoutRestorer
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
    editors: IEditorServices | null,
    translator: ITranslator | null,
    statusBar: IStatusBar | null,
    restorer: ILayoutRestorer | null
  ) => {
    const trans = (translator ?? nullTranslator).load('nbvc');
    setLanguage(trans);
    const settings = Settings.load(registry);
    const services = {
      app,
      trans,
      rendermime,
      languages,
      editors,
      tracker,
      documents,
      browsers,
      settings
    };
    watchSaves(tracker);
    const versions = new Versions(services);
    restorer?.add(versions.panel, versions.panel.id);
    statusBar?.registerStatusItem(PLUGIN, {
      align: 'left',
      item: new StatusItem(services, versions.model, () => versions.show()),
      rank: 20
    });
    addCommands(services, versions, palette);
    offerConflicts(services, versions.next);
    rollCheckpoints(services);
    markMargins(services);
    watchDisk(services);
    void provideDiffs(services, versions.next);
  }
};

export default plugin;
