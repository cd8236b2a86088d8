/** Opening the history of a notebook. */
import { PathExt } from '@jupyterlab/coreutils';
import { openComparison } from '../compare/opening';
import { setSince } from '../compare/since';
import { findShown, restoreVersion } from '../live/actions';
import { askAboutNow } from '../live/disk';
import type { LiveNotebook } from '../live/document';
import { findLive } from '../live/document';
import * as server from '../server/calls';
import type { IVersion } from '../server/contract';
import { NbvcError } from '../shared/error';
import { historyIcon } from '../shared/icons';
import { openView, revealView } from '../shared/place';
import type { IServices } from '../shared/services';
import { notify, notifyProblem } from '../shared/tell';
import { chooseVersion } from '../versions/choosing';
import { findSide, formatTitle } from '../versions/naming';
import { deleteCheckpoint, renameCheckpoint } from './checkpoints';
import { copyCell, download, insertCell, saveCopy } from './copying';
import type { IOneCell } from './view';
import { HistoryView } from './view';

/** The most versions on the slider. */
const MOST = 1000;

let opened = 0;

/** Open the history of the current cell of an open notebook. */
export function openCellHistory(services: IServices, live: LiveNotebook): void {
  const { trans } = services;
  const index = Math.max(live.panel.content.activeCellIndex, 0);
  const cell = live.shared.getCell(index);
  const [first] = cell.source.trim().split('\n');
  const name = first || trans.__('Cell %1', index + 1);
  // Old formats have no IDs: Jupyter gives each cell one when it opens the notebook.
  const { nbformat, nbformat_minor } = live.shared;
  const hasIds = nbformat > 4 || (nbformat === 4 && nbformat_minor >= 5);
  const id = hasIds ? cell.getId() : '';
  openHistory(services, live.path, {
    key: cell.getId(),
    name,
    trace: async () => (await server.traceCell(live.path, id, index)).versions
  });
}

export function openHistory(
  services: IServices,
  path: string,
  cell: (IOneCell & { key: string }) | null = null
): HistoryView {
  const { app, trans } = services;
  const live = () => findLive(services.tracker, app.serviceManager.contents, path);
  // With an editor the view has more buttons.
  const key = `history ${path} ${live() !== null} ${cell?.key ?? ''}`;
  const open = revealView(app, key);
  if (open instanceof HistoryView) {
    void open.refresh();
    return open;
  }
  const endOf = (version: IVersion) => ({
    side: findSide(version),
    label: formatLabel(version)
  });
  const view = new HistoryView({
    trans,
    rendermime: services.rendermime,
    languages: services.languages,
    versions: async () => (await server.listVersions(path, MOST)).versions,
    content: (version, known) => server.readVersion(path, version, known),
    changes: async ids => (await server.listChanges({ path, ids })).changes,
    showChange: (version, parent) =>
      openComparison(services, {
        path,
        before: parent
          ? endOf(parent)
          : { side: { kind: 'empty' }, label: trans.__('Nothing') },
        after: endOf(version)
      }),
    rename: version => attempt(() => renameCheckpoint(path, version, trans)),
    pin: version =>
      attempt(async () => {
        await server.editCheckpoint({ path, id: version.id, pinned: !version.pinned });
        return true;
      }),
    remove: version => attempt(() => deleteCheckpoint(path, version, trans)),
    compare: version =>
      openComparison(services, { path, before: endOf(version), after: { side: 'now' } }),
    choose: version =>
      void chooseVersion(services, path, true).then(end => {
        if (end) {
          openComparison(services, { path, before: endOf(version), after: end });
        }
      }),
    restore: async version => {
      const notebook = live();
      try {
        if (!notebook) {
          throw new NbvcError(
            trans.__('The notebook is not open.'),
            trans.__('Open it, then restore again.')
          );
        }
        const answer = await askAboutNow(notebook, app.serviceManager.contents, now =>
          server.compareSides(path, findSide(version), now)
        );
        const shown = findShown(answer, formatLabel(version));
        const done = await restoreVersion(notebook, shown, trans);
        if (done) {
          await view.refresh();
        }
        return done;
      } catch (error) {
        notifyProblem(error);
        return false;
      }
    },
    copy: async (version, { notebook }) => {
      const { contents } = app.serviceManager;
      const there = await saveCopy(contents, path, version, notebook);
      await app.commands.execute('docmanager:open', { path: there });
    },
    download: (version, { notebook }) => download(path, version, notebook),
    cell,
    deleted: async () => (await server.listDeleted(path)).cells,
    mark: live()
      ? version => {
          setSince(path, { side: findSide(version), label: formatTitle(version, trans) });
          notify(
            trans.__('The margin marks what changed since “%1”.', formatTitle(version, trans)),
            {
              label: trans.__('Since the last commit'),
              act: () => setSince(path, null)
            }
          );
        }
      : null,
    copyCell: one =>
      void copyCell(one).then(() =>
        notify(trans.__('The cell is copied: paste it into any notebook.'))
      ),
    insertCell: live()
      ? one => {
          const notebook = live();
          if (notebook) {
            insertCell(notebook, one);
            notify(trans.__('The cell is in the notebook, below the cell that was current.'));
          } else {
            notifyProblem(new NbvcError(trans.__('The notebook is not open any more.')));
          }
        }
      : null
  });
  // The server works while the page makes room.
  void view.refresh();
  openView(
    app,
    view,
    {
      id: `nbvc-history-${++opened}`,
      title: cell
        ? trans.__('History of a cell in %1', PathExt.basename(path))
        : trans.__('History of %1', PathExt.basename(path)),
      icon: historyIcon,
      key
    },
    trans
  );
  return view;
}

async function attempt(act: () => Promise<boolean>): Promise<boolean> {
  try {
    return await act();
  } catch (error) {
    notifyProblem(error);
    return false;
  }
}

function formatLabel(version: IVersion): string {
  const title = version.message.split('\n')[0];
  return title ? `${version.short} ${title}` : version.short;
}
