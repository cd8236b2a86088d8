/** Open comparisons: of the notebook as it is now with a version, or of any two versions. */
import { PathExt } from '@jupyterlab/coreutils';
import type { INotebookModel } from '@jupyterlab/notebook';
import { askAboutNow } from '../live/disk';
import { findShown, restoreCell, restoreVersion } from '../live/actions';
import type { LiveNotebook } from '../live/document';
import { findLive } from '../live/document';
import * as server from '../server/calls';
import type { IDiffAnswer } from '../server/comparing';
import type { Side } from '../server/contract';
import { compareIcon } from '../shared/icons';
import { openView, revealView } from '../shared/place';
import type { IServices } from '../shared/services';
import { notifyProblem } from '../shared/tell';
import { chooseVersion } from '../versions/choosing';
import type { End } from '../versions/naming';
import type { Part } from './parts';
import { takePart } from './parts';
import { CompareView } from './view';

export interface IComparison {
  path: string;
  before: End;
  after: End;
}

let opened = 0;

export function openComparison(services: IServices, comparison: IComparison): CompareView {
  performance.mark('nbvc:compare');
  const key = `compare ${JSON.stringify(comparison)}`;
  const open = revealView(services.app, key);
  if (open instanceof CompareView) {
    void open.refresh();
    return open;
  }
  const { app, trans, settings } = services;
  const { contents } = app.serviceManager;
  const live = (): LiveNotebook | null => findLive(services.tracker, contents, comparison.path);
  const ends = { before: comparison.before, after: comparison.after };
  const isNow = (): boolean => ends.after.side === 'now';
  const actions = {
    restoreCell: async (answer: IDiffAnswer, entry: number, part: Part) => {
      const notebook = await openLive(services, comparison.path, live());
      const shown = takePart(findShown(answer), entry, part);
      return notebook !== null && restoreCell(notebook, shown, entry, trans);
    },
    restoreAll: async (answer: IDiffAnswer) => {
      const notebook = await openLive(services, comparison.path, live());
      return notebook !== null && restoreVersion(notebook, findShown(answer), trans);
    },
    choose: (which: 'before' | 'after') => {
      void chooseVersion(services, comparison.path, which === 'after').then(end => {
        if (end) {
          openComparison(services, { ...comparison, ...ends, [which]: end });
        }
      });
    },
    remember: (view: Parameters<typeof settings.rememberView>[0]) =>
      void settings.rememberView(view)
  };
  const view = new CompareView({
    trans,
    rendermime: services.rendermime,
    languages: services.languages,
    view: settings.current.compare,
    load: async signal => {
      const compare = (now: Side): Promise<IDiffAnswer> => {
        const [before, after] = [ends.before, ends.after].map(({ side }) =>
          side === 'now' ? now : side
        );
        return server.compareSides(comparison.path, before, after, signal);
      };
      const answer = await (ends.before.side === 'now' || isNow()
        ? askAboutNow(live(), contents, compare)
        : compare({ kind: 'disk' }));
      answer.before.label = ends.before.label ?? answer.before.label;
      answer.after.label =
        ends.after.label ?? (isNow() ? labelNow(services, live()) : answer.after.label);
      return answer;
    },
    actions: isNow() ? actions : { ...actions, restoreCell: undefined, restoreAll: undefined }
  });
  if (isNow()) {
    watchEditor(view, live());
  }
  // The server works while the page makes room for the view.
  void view.refresh();
  const name = PathExt.basename(comparison.path);
  openView(
    app,
    view,
    {
      id: `nbvc-compare-${++opened}`,
      title: trans.__('Changes in %1', name),
      icon: compareIcon,
      key
    },
    trans
  );
  return view;
}

/** Compare two different notebooks. */
export function openFiles(services: IServices, before: string, after: string): void {
  openComparison(services, {
    path: after,
    before: { side: { kind: 'disk', path: before }, label: before },
    after: { side: 'now', label: after }
  });
}

function labelNow(services: IServices, live: LiveNotebook | null): string {
  const { trans } = services;
  return live?.edited ? trans.__('Now, with unsaved changes') : trans.__('Now');
}

/** Return the notebook in its editor, which is opened if there is none. */
async function openLive(
  services: IServices,
  path: string,
  live: LiveNotebook | null
): Promise<LiveNotebook | null> {
  if (live) {
    return live;
  }
  try {
    const widget = services.documents?.openOrReveal(path);
    await widget?.context.ready;
    return findLive(services.tracker, services.app.serviceManager.contents, path);
  } catch (error) {
    notifyProblem(error);
    return null;
  }
}

/** Mark the view as stale when the open notebook changes. */
function watchEditor(view: CompareView, live: LiveNotebook | null): void {
  if (!live) {
    return;
  }
  let shown = '';
  const check = (model: INotebookModel): void => {
    if (view.isDisposed) {
      model.contentChanged.disconnect(check);
      return;
    }
    const answer = view.answer;
    if (answer) {
      const sources = model.sharedModel.cells.map(cell => cell.getSource()).join('\u0000');
      const then = (answer.after.notebook?.cells ?? [])
        .map(cell => (Array.isArray(cell.source) ? cell.source.join('') : cell.source))
        .join('\u0000');
      if (sources !== then && sources !== shown) {
        view.markStale();
      }
      shown = sources;
    }
  };
  live.model.contentChanged.connect(check);
  live.panel.disposed.connect(() =>
    live.panel.content?.model?.contentChanged.disconnect(check)
  );
}
