/** Opening the history of a notebook. */
import { PathExt } from '@jupyterlab/coreutils';
import { openComparison } from '../compare/opening';
import { isChange } from '../diff/rows';
import { restoreVersion, shownOf } from '../live/actions';
import { findLive } from '../live/document';
import * as server from '../server/calls';
import type { IVersion, Side } from '../server/contract';
import { NbvcError } from '../shared/error';
import { historyIcon } from '../shared/icons';
import { place, revealed } from '../shared/place';
import type { IServices } from '../shared/services';
import { tell, tellProblem } from '../shared/tell';
import { chooseVersion } from '../versions/choosing';
import { sideOf } from '../versions/naming';
import { copyCell, download, insertCell, saveCopy } from './copying';
import { HistoryView } from './view';

/** So many versions are on the slider at most. */
const MOST = 1000;

let opened = 0;

export function openHistory(services: IServices, path: string): HistoryView {
  const { app, trans } = services;
  const live = () => findLive(services.tracker, app.serviceManager.contents, path);
  // In an editor there is more to offer.
  const key = `history ${path} ${live() !== null}`;
  const open = revealed(app, key);
  if (open instanceof HistoryView) {
    void open.refresh();
    return open;
  }
  const endOf = (version: IVersion) => ({ side: sideOf(version), label: labelOf(version) });
  const view = new HistoryView({
    trans,
    rendermime: services.rendermime,
    languages: services.languages,
    versions: async () => (await server.versions(path, MOST)).versions,
    content: (version, known) => server.version(path, version, known),
    compare: (version, other) =>
      openComparison(services, {
        path,
        before: endOf(version),
        after: other ? endOf(other) : { side: 'now' }
      }),
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
        const side = notebook.side();
        const now: Side = { kind: 'content', notebook: notebook.toJSON() };
        const [answer, apart] = await Promise.all([
          server.diff(path, sideOf(version), side),
          notebook.collaborative ? null : server.diff(path, { kind: 'disk' }, now)
        ]);
        // A kernel that starts makes a notebook "dirty": what counts is whether its cells differ.
        if (apart?.diff.cells.some(isChange)) {
          throw new NbvcError(
            trans.__('The notebook differs from its file on the disk: nothing was restored.'),
            trans.__('Save it, or load it from the disk, then restore again.')
          );
        }
        const shown = shownOf(answer, labelOf(version));
        const done = await restoreVersion(notebook, shown, trans);
        if (done) {
          await view.refresh();
        }
        return done;
      } catch (error) {
        tellProblem(error);
        return false;
      }
    },
    copy: async (version, { notebook }) => {
      const { contents } = app.serviceManager;
      const there = await saveCopy(contents, path, version, notebook);
      await app.commands.execute('docmanager:open', { path: there });
    },
    download: (version, { notebook }) => download(path, version, notebook),
    copyCell: cell =>
      void copyCell(cell).then(() =>
        tell(trans.__('The cell is copied: paste it into any notebook.'))
      ),
    insertCell: live()
      ? cell => {
          const notebook = live();
          if (notebook) {
            insertCell(notebook, cell);
            tell(trans.__('The cell is in the notebook, below the cell that was current.'));
          } else {
            tellProblem(new NbvcError(trans.__('The notebook is not open any more.')));
          }
        }
      : null,
    blame:
      live() &&
      (async () => {
        const cell = live()?.panel.content.activeCellIndex ?? 0;
        return { cell, blame: await server.blame(path, cell) };
      })
  });
  // The server is at work while the page makes room.
  void view.refresh();
  place(
    app,
    view,
    {
      id: `nbvc-history-${++opened}`,
      title: trans.__('History of %1', PathExt.basename(path)),
      icon: historyIcon,
      key
    },
    trans
  );
  return view;
}

function labelOf(version: IVersion): string {
  const title = version.message.split('\n')[0];
  return title ? `${version.short} ${title}` : version.short;
}
