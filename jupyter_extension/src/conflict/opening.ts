/** Open the conflicts of a notebook, and offer it when a notebook with conflicts is opened. */
import { Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { isChange } from '../diff/rows';
import type { LiveNotebook } from '../live/document';
import { findLive, serverPath } from '../live/document';
import * as server from '../server/calls';
import type { Reason, Side } from '../server/contract';
import { NbvcError } from '../shared/error';
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
  const { app, trans, documents, languages } = services;
  const live = () => findLive(services.tracker, app.serviceManager.contents, path);
  const view = new ConflictView({
    trans,
    languages,
    load: () => server.openConflicts(path),
    delete: async expected => {
      await server.saveResolved({ path, expected, notebook: null });
      tellChange();
      return trans.__('Deleted, and marked as resolved.');
    },
    save: async (notebook, expected, before) => {
      const open = live();
      if (open && (await hasEdits(open))) {
        throw new NbvcError(
          trans.__('The notebook has unsaved changes in its editor: nothing was saved.'),
          trans.__('Save it or reload it from the disk, then open its conflicts again.')
        );
      }
      const saved = await saveResolved(path, expected, notebook, before);
      if (open?.context.isReady && !open.collaborative) {
        await open.context.revert();
      }
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

/** Return whether there are unsaved edits: a kernel that starts makes a notebook "dirty", too. */
async function hasEdits(live: LiveNotebook): Promise<boolean> {
  if (!live.dirty || live.collaborative || !live.context.isReady) {
    return false;
  }
  const now: Side = { kind: 'content', notebook: live.toJSON() };
  const found = await server.compareSides(live.path, { kind: 'disk' }, now);
  return found.diff.cells.some(isChange);
}

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
        offerIfMarked(services, panel, next);
      })
      .catch(() => undefined);
  });
}

function offerIfMarked(services: IServices, panel: NotebookPanel, next: Next): void {
  const cells = panel.content.model?.sharedModel.cells ?? [];
  if (cells.some(cell => isMarked(cell.getSource()))) {
    offerView(
      services,
      serverPath(services.app.serviceManager.contents, panel.context.path),
      next
    );
  }
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

function offerView(services: IServices, path: string, next: Next): void {
  const { trans } = services;
  Notification.warning(trans.__('%1 has conflicts.', PathExt.basename(path)), {
    autoClose: false,
    actions: [
      {
        label: trans.__('Decide on them'),
        callback: () => void openConflicts(services, path, next)
      }
    ]
  });
}
