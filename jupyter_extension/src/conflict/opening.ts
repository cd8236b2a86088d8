/** Open the conflicts of a notebook, and offer it when a notebook with conflicts is opened. */
import { Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { LiveNotebook } from '../live/document';
import { findLive, serverPath } from '../live/document';
import { findDisk } from '../live/disk';
import { follow } from '../live/following';
import * as server from '../server/calls';
import type { Reason } from '../server/contract';
import { NbvcError } from '../shared/error';
import { Bar } from '../shared/bar';
import { tellChange } from '../shared/happened';
import { compareIcon } from '../shared/icons';
import type { INotebook } from '../shared/notebook';
import { openView } from '../shared/place';
import type { IServices } from '../shared/services';
import { isMarked } from './deciding';
import { ConflictView } from './view';

let opened = 0;

const CHANGED: Reason = 'content-changed';

/** Returns buttons for what comes after the conflicts of a file are resolved. */
export type Next = () => Promise<HTMLElement[]>;

export function openConflicts(services: IServices, path: string, next: Next): ConflictView {
  const { app, trans, documents, languages, editors } = services;
  // An editor that could not load git's markers has nothing to save.
  const live = (): LiveNotebook | null => {
    const found = findLive(services.tracker, app.serviceManager.contents, path);
    return found?.context.isReady ? found : null;
  };
  const offer = offers.get(path);
  if (offer !== undefined) {
    Notification.dismiss(offer);
    offers.delete(path);
  }
  const view = new ConflictView({
    trans,
    languages,
    editors,
    load: () => server.openConflicts(path),
    delete: async expected => {
      await server.saveResolved({ path, expected, notebook: null });
      tellChange();
      return trans.__('Deleted, and marked as resolved.');
    },
    save: async (notebook, expected, before) => {
      const open = live();
      await saveEdits(services, open);
      const saved = await follow(services, open, () =>
        saveResolved(path, expected, notebook, before)
      );
      tellChange();
      return saved.unmerged
        ? trans.__('Saved. Git still has conflicts in it.')
        : trans.__('Saved, and marked as resolved.');
    },
    open: () => void documents?.openOrReveal(path),
    next
  });
  void view.load();
  const title = trans.__('Conflicts in %1', PathExt.basename(path));
  openView(app, view, { id: `nbvc-conflicts-${++opened}`, title, icon: compareIcon }, trans);
  return view;
}

/** Save the decisions; if other cells changed on the disk meanwhile, merge into that file. */
async function saveResolved(
  path: string,
  expected: string,
  notebook: INotebook,
  before: INotebook
): Promise<{ unmerged: boolean }> {
  try {
    return await server.saveResolved({ path, expected, notebook });
  } catch (error) {
    if (NbvcError.from(error).reason !== CHANGED) {
      throw error;
    }
    return server.saveResolved({ path, expected, notebook, opened: before });
  }
}

/** Save what was typed into other cells since: the decisions are merged into it. */
async function saveEdits({ app, trans }: IServices, live: LiveNotebook | null): Promise<void> {
  if (!live?.edited) {
    return;
  }
  if ((await findDisk(live, app.serviceManager.contents).look()) !== 'same') {
    throw new NbvcError(
      trans.__('The editor has unsaved changes of another state of the notebook.'),
      trans.__('Load the notebook from the disk or merge the two, then save the decisions.')
    );
  }
  await live.save();
}

/** Milliseconds without a key after which a notebook is searched for conflicts. */
const SETTLED = 300;

/** Milliseconds after which a notebook that has not loaded may be unreadable. */
const PATIENCE = 1200;

/** Offer the view when a notebook opens that has nbvc's markers or that git made unreadable. */
export function offerConflicts(services: IServices, next: Next): void {
  const { contents } = services.app.serviceManager;
  services.tracker?.widgetAdded.connect((_, panel) => {
    if (!panel.context.isReady && contents.driveName(panel.context.path) === '') {
      // Nothing is loaded yet: if loading fails, Jupyter would ask whether to save the empty model.
      panel.context.model.dirty = false;
    }
    const timer = window.setTimeout(() => {
      if (!panel.isDisposed && !panel.context.isReady) {
        void offerIfUnreadable(services, panel, next);
      }
    }, PATIENCE);
    void panel.context.ready
      .then(() => {
        window.clearTimeout(timer);
        watchMarks(services, panel, next);
      })
      .catch(() => undefined);
  });
}

/** Say on every page of a notebook that a merge left conflicts in it, as long as it does. */
function watchMarks(services: IServices, panel: NotebookPanel, next: Next): void {
  const { app, trans } = services;
  const bar = new Bar(panel);
  const decide = (): void => {
    const path = serverPath(app.serviceManager.contents, panel.context.path);
    openConflicts(services, path, next);
  };
  const look = (): void => {
    const cells = panel.content.model?.sharedModel.cells ?? [];
    if (cells.some(cell => isMarked(cell.getSource()))) {
      const text = trans.__(
        'A merge left conflicts in this notebook. It can be committed once they are decided.'
      );
      bar.show(text, [{ label: trans.__('Decide on them'), act: decide }]);
    } else {
      bar.hide();
    }
  };
  let timer = 0;
  panel.content.model?.contentChanged.connect(() => {
    window.clearTimeout(timer);
    timer = window.setTimeout(look, SETTLED);
  });
  look();
}

/** Offer the view for a file with git's markers, which Jupyter refuses and the server can read. */
async function offerIfUnreadable(
  services: IServices,
  panel: NotebookPanel,
  next: Next
): Promise<void> {
  const { context } = panel;
  try {
    const local = serverPath(services.app.serviceManager.contents, context.path);
    const found = await server.openConflicts(local);
    if (found.kind === 'git') {
      offerView(services, local, next);
    }
  } catch {
    // It can't be opened for another reason, which Jupyter reports.
  }
}

/** The notifications that offer to resolve the conflicts of a notebook, by its path. */
const offers = new Map<string, string>();

function offerView(services: IServices, path: string, next: Next): void {
  const { trans } = services;
  const id = Notification.warning(trans.__('%1 has conflicts.', PathExt.basename(path)), {
    autoClose: false,
    actions: [
      {
        label: trans.__('Decide on them'),
        callback: () => void openConflicts(services, path, next)
      }
    ]
  });
  offers.set(path, id);
}
