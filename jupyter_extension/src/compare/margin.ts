/** Marks in the margin of an open notebook: what changed since the last commit or another version. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ILiveCell, IMark, MarkKind } from '../diff/marks';
import { decideMarks } from '../diff/marks';
import { LiveNotebook } from '../live/document';
import * as server from '../server/calls';
import { createButton } from '../shared/dom';
import type { IServices } from '../shared/services';
import { InlineChange } from './inline';
import { findSince, nameSince, sinceChanged } from './since';

/** Milliseconds after which typing is looked at. */
const PAUSE = 300;
/** Milliseconds after which a notebook that opened or was saved is compared. */
const DELAY = 700;

/** Mark every notebook that opens. */
export function markMargins(services: IServices): void {
  const { tracker, settings } = services;
  const margins = new Set<Margin>();
  tracker?.widgetAdded.connect((_, panel) => {
    void panel.context.ready
      .then(() => {
        const { contents } = services.app.serviceManager;
        if (!panel.isDisposed && contents.driveName(panel.context.path) === '') {
          const margin = new Margin(services, panel);
          margins.add(margin);
          panel.disposed.connect(() => margins.delete(margin));
        }
      })
      .catch(() => undefined);
  });
  const refresh = (): void => margins.forEach(margin => margin.refreshLater());
  server.onHeadMoved(refresh);
  sinceChanged.connect(refresh);
  settings.onChange(refresh);
}

class Margin {
  private readonly _live: LiveNotebook;
  private _saved: ILiveCell[] = [];
  private _marks: readonly IMark[] = [];
  private _gone: readonly { at: number }[] = [];
  /** Whether the version has the notebook. */
  private _isKnown = false;
  private _timers = { refresh: 0, draw: 0 };
  private _inline: InlineChange | null = null;

  constructor(
    private readonly _services: IServices,
    private readonly _panel: NotebookPanel
  ) {
    this._live = new LiveNotebook(_panel, _services.app.serviceManager.contents);
    const { context, content } = _panel;
    const drawLater = (): void => this._drawLater();
    context.saveState.connect((_, state) => {
      if (state === 'completed') {
        this._saved = this._readCells();
        this.refreshLater();
      }
    });
    content.model?.contentChanged.connect(drawLater);
    _panel.disposed.connect(() => {
      window.clearTimeout(this._timers.refresh);
      window.clearTimeout(this._timers.draw);
      this._inline?.dispose();
    });
    this._saved = this._readCells();
    this.refreshLater();
  }

  /** Ask again what changed, once the browser has nothing more urgent to do. */
  refreshLater(): void {
    window.clearTimeout(this._timers.refresh);
    this._timers.refresh = window.setTimeout(() => void this._refresh(), DELAY);
  }

  private async _refresh(): Promise<void> {
    const isOn = this._services.settings.current.marginMarks;
    const saved = this._saved;
    try {
      const found = isOn
        ? await server.readMarks(this._live.path, findSince(this._live.path)?.side)
        : { is_known: false, marks: [], gone: [] };
      if (!this._panel.isDisposed && saved === this._saved) {
        this._marks = found.marks;
        this._gone = found.gone;
        this._isKnown = found.is_known;
        this._draw();
      }
    } catch {
      // Without an answer there are no new marks: it is asked again at the next save.
    }
  }

  private _readCells(): ILiveCell[] {
    const cells = this._panel.content.model?.sharedModel.cells ?? [];
    return cells.map(cell => ({ id: cell.getId(), source: cell.getSource() }));
  }

  private _drawLater(): void {
    window.clearTimeout(this._timers.draw);
    this._timers.draw = window.setTimeout(() => this._draw(), PAUSE);
  }

  private _draw(): void {
    const { trans } = this._services;
    if (this._panel.isDisposed) {
      return;
    }
    const live = this._readCells();
    // A notebook of which nothing is known has no new cells either.
    const isOn = this._services.settings.current.marginMarks;
    const marks =
      isOn && this._isKnown ? decideMarks(this._saved, this._marks, live) : new Map();
    const since = nameSince(findSince(this._live.path), trans);
    const gone = new Map<string, number>();
    for (const { at } of this._gone) {
      const id = this._saved[Math.min(at, this._saved.length - 1)]?.id;
      gone.set(id, (gone.get(id) ?? 0) + 1);
    }
    this._panel.content.widgets.forEach((cell, index) => {
      const id = live[index]?.id ?? '';
      const kind = (marks as Map<string, MarkKind>).get(id) ?? null;
      this._drawMark(
        cell.node,
        'nbvc-Margin',
        kind,
        kind ? nameMark(kind, since, trans) : '',
        index
      );
      const count = isOn ? (gone.get(id) ?? 0) : 0;
      const text = trans._n(
        '%1 cell was deleted here since %2',
        '%1 cells were deleted here since %2',
        count,
        since
      );
      this._drawMark(cell.node, 'nbvc-Gone', count ? 'removed' : null, text, index);
    });
  }

  private _drawMark(
    cell: HTMLElement,
    name: string,
    kind: string | null,
    label: string,
    index: number
  ): void {
    const old = cell.querySelector<HTMLElement>(`:scope > .${name}`);
    if (!kind) {
      old?.remove();
      return;
    }
    if (old?.dataset.nbvcMark === kind && old.title === label) {
      return;
    }
    const mark = createButton(label, name, event => {
      event.stopPropagation();
      this._open(cell, name === 'nbvc-Gone');
    });
    mark.textContent = '';
    mark.title = label;
    mark.tabIndex = -1;
    mark.dataset.nbvcMark = kind;
    mark.dataset.nbvcIndex = String(index);
    mark.dataset.lmSuppressShortcuts = 'true';
    old?.remove();
    cell.append(mark);
  }

  private _open(cell: HTMLElement, isGone: boolean): void {
    const again = this._inline?.host === cell;
    this._inline?.dispose();
    this._inline = null;
    if (!again) {
      const at = this._panel.content.widgets.findIndex(({ node }) => node === cell);
      this._inline = new InlineChange(this._services, this._live, cell, at, isGone);
    }
  }
}

function nameMark(kind: MarkKind, since: string, trans: TranslationBundle): string {
  switch (kind) {
    case 'added':
      return trans.__('Added since %1', since);
    case 'changed':
      return trans.__('Changed since %1', since);
    case 'moved':
      return trans.__('Moved since %1', since);
    case 'outputs':
      return trans.__('Only the outputs changed since %1', since);
  }
}
