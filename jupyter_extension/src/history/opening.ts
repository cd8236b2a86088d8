/** Opening the history of a notebook. */
import { InputDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { openComparison } from '../compare/opening';
import { findShown, restoreVersion } from '../live/actions';
import { readNow } from '../live/disk';
import { findLive } from '../live/document';
import * as server from '../server/calls';
import type { IVersion } from '../server/contract';
import { NbvcError } from '../shared/error';
import { historyIcon } from '../shared/icons';
import { openView, revealView } from '../shared/place';
import type { IServices } from '../shared/services';
import { notify, notifyProblem } from '../shared/tell';
import { chooseVersion } from '../versions/choosing';
import type { End } from '../versions/naming';
import { findSide } from '../versions/naming';
import { copyCell, download, insertCell, saveCopy } from './copying';
import { HistoryView } from './view';

/** The most versions on the slider. */
const MOST = 1000;

let opened = 0;

export function openHistory(services: IServices, path: string): HistoryView {
  const { app, trans } = services;
  const live = () => findLive(services.tracker, app.serviceManager.contents, path);
  // With an editor the view has more buttons.
  const key = `history ${path} ${live() !== null}`;
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
    compare: version =>
      openComparison(services, { path, before: endOf(version), after: { side: 'now' } }),
    changes: async (version, befores) => {
      const before = await chooseParent(befores.map(endOf), trans);
      if (before) {
        openComparison(services, { path, before, after: endOf(version) });
      }
    },
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
        const now = await readNow(notebook, app.serviceManager.contents);
        const answer = await server.compareSides(path, findSide(version), now);
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
    copyCell: cell =>
      void copyCell(cell).then(() =>
        notify(trans.__('The cell is copied: paste it into any notebook.'))
      ),
    insertCell: live()
      ? cell => {
          const notebook = live();
          if (notebook) {
            insertCell(notebook, cell);
            notify(trans.__('The cell is in the notebook, below the cell that was current.'));
          } else {
            notifyProblem(new NbvcError(trans.__('The notebook is not open any more.')));
          }
        }
      : null,
    blame:
      live() &&
      (async () => {
        const cell = live()?.panel.content.activeCellIndex ?? 0;
        return { cell, blame: await server.readBlame(path, cell) };
      })
  });
  // The server works while the page makes room.
  void view.refresh();
  openView(
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

/** Choose which parent of a merge to compare with; the first version has none. */
async function chooseParent(parents: End[], trans: TranslationBundle): Promise<End | null> {
  if (parents.length < 2) {
    return parents[0] ?? { side: { kind: 'empty' }, label: trans.__('Nothing') };
  }
  const answer = await InputDialog.getItem({
    title: trans.__('Compare the merge with'),
    items: parents.map(({ label }) => label ?? ''),
    okLabel: trans.__('Compare')
  });
  return parents.find(({ label }) => label === answer.value && answer.button.accept) ?? null;
}

function formatLabel(version: IVersion): string {
  const title = version.message.split('\n')[0];
  return title ? `${version.short} ${title}` : version.short;
}
