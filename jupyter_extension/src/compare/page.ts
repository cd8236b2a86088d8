/** The rows of a comparison, laid out at once and drawn when they come into sight. */
import type { INotebookDiff } from '../diff/format';
import { filterNoise } from '../diff/noise';
import type { IFoldRow, IGhostRow, Row } from '../diff/rows';
import { findChanges, findLastHeading, layOut } from '../diff/rows';
import type { ICounts } from '../diff/summary';
import { findFirstLine, isOfKind } from '../diff/summary';
import { createButton, h } from '../shared/dom';
import type { ICell } from '../shared/notebook';
import type { ICellActions } from './cell';
import { CellRow } from './cell';
import type { IPairDrawing } from './context';
import { drawOp } from './details';

export interface IPageOptions {
  diff: INotebookDiff;
  metadata: { before: unknown; after: unknown };
  drawing: IPairDrawing;
  restore?: ICellActions['restore'];
  onProgress: (drawn: number, expected: number, failed: number) => void;
}

/** Milliseconds of drawing at a time in the background. */
const SLICE = 24;

export class Page {
  readonly node: HTMLElement;
  private readonly _rows = new Map<number, CellRow>();
  private readonly _extra: CellRow[] = [];
  private readonly _nodes = new Map<Element, CellRow>();
  private readonly _ghosts = new Map<number, HTMLElement>();
  private readonly _observer: IntersectionObserver;
  private readonly _changed: number[];
  /** Those of the changes that the filter leaves. */
  private _steps: number[];
  private _current = -1;
  /** Rows that came into sight, and how many of the changes were taken to be drawn. */
  private readonly _seen: CellRow[] = [];
  private _taken = 0;
  private _idle = 0;

  constructor(private readonly _options: IPageOptions) {
    const { diff, drawing } = _options;
    this._changed = this._steps = findChanges(diff);
    const layout = drawing.options.layout;
    this.node = h('div', { class: 'nbvc-Page', 'data-nbvc-layout': layout, tabindex: '-1' });
    this._observer = new IntersectionObserver(seen => this._drawSeen(seen), {
      root: this.node,
      rootMargin: '800px 0px'
    });
    for (const row of layOut(diff, drawing.options.noise ? null : drawing.noise)) {
      this.node.append(this._drawRow(row));
    }
    if (!this._changed.length && !this.node.querySelector('.nbvc-Row')) {
      const text = drawing.trans.__('The two versions are the same.');
      this.node.prepend(h('p', { class: 'nbvc-Page-same' }, text));
    }
  }

  get expected(): number {
    return this._changed.length;
  }

  /** Entries that changed, in reading order. */
  get changed(): readonly number[] {
    return this._changed;
  }

  get current(): number {
    return this._current;
  }

  /** Prepare the first change before the page is shown: nobody waits for the others to see it. */
  prepare(): void {
    this._takeNext()?.prepare();
  }

  /** Show what was prepared, and draw the other changes while the browser has time. */
  start(): void {
    for (const row of this._rows.values()) {
      row.attach();
      this._observe(row);
    }
    this._showProgress();
    this._drawLater();
  }

  dispose(): void {
    this._observer.disconnect();
    window.clearTimeout(this._idle);
    for (const row of [...this._rows.values(), ...this._extra]) {
      row.dispose();
    }
    this.node.remove();
  }

  /** Step to the next change (1) or the previous one (-1). */
  step(by: 1 | -1): void {
    const steps = this._steps;
    const at = steps.indexOf(this._current);
    const from = at < 0 ? (by > 0 ? -1 : steps.length) : at;
    const next = steps[Math.min(steps.length - 1, Math.max(0, from + by))];
    if (next !== undefined) {
      this.show(next);
    }
  }

  /** Show the changes of one kind only; null shows everything. */
  filter(kind: keyof ICounts | null): void {
    const { cells } = this._options.diff;
    this._steps = kind
      ? this._changed.filter(index => isOfKind(cells[index], kind))
      : this._changed;
    const shown = new Set(this._steps.map(index => this._rows.get(index)?.node));
    for (const node of this.node.children) {
      (node as HTMLElement).hidden = kind !== null && !shown.has(node as HTMLElement);
    }
  }

  /** Scroll an entry to the top and mark it as the current one. */
  show(index: number): void {
    const row = this._rows.get(index);
    if (!row) {
      return;
    }
    row.node.hidden = false;
    row.draw();
    this._showProgress();
    this._setCurrent(row.node);
    this._current = index;
    row.node.focus({ preventScroll: true });
    row.node.scrollIntoView({ block: 'start' });
  }

  private _showGhost(index: number): void {
    const ghost = this._ghosts.get(index);
    if (ghost) {
      this._setCurrent(ghost);
      ghost.scrollIntoView({ block: 'center' });
      ghost.focus({ preventScroll: true });
    }
  }

  private _setCurrent(node: HTMLElement): void {
    for (const other of this.node.querySelectorAll('.nbvc-mod-current')) {
      other.classList.remove('nbvc-mod-current');
    }
    node.classList.add('nbvc-mod-current');
  }

  private _drawRow(row: Row): HTMLElement {
    switch (row.kind) {
      case 'cell': {
        const cell = this._createRow(row.entry);
        this._rows.set(row.entry, cell);
        return cell.node;
      }
      case 'fold':
        return this._drawFold(row);
      case 'ghost':
        return this._drawGhost(row);
      case 'notebook':
        return this._drawNotebook();
    }
  }

  private _createRow(entry: number): CellRow {
    const actions: ICellActions = {
      restore: this._options.restore,
      jumpToGhost: index => this._showGhost(index)
    };
    const { diff, drawing } = this._options;
    return new CellRow(entry, diff.cells[entry], drawing, actions);
  }

  private _observe(row: CellRow): void {
    if (!row.isDrawn) {
      this._nodes.set(row.node, row);
      this._observer.observe(row.node);
    }
  }

  private _drawSeen(seen: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of seen) {
      const row = this._nodes.get(target);
      if (row && isIntersecting) {
        this._observer.unobserve(target);
        this._seen.push(row);
      }
    }
    this._drawLater();
  }

  /** Draw for a moment, let the browser work, and so on until nothing is left. */
  private _drawLater(): void {
    window.clearTimeout(this._idle);
    this._idle = window.setTimeout(() => {
      const end = performance.now() + SLICE;
      const rows: CellRow[] = [];
      while (performance.now() < end) {
        const row = this._takeNext();
        if (!row) {
          break;
        }
        row.prepare();
        rows.push(row);
      }
      rows.forEach(row => row.attach());
      this._showProgress();
      if (rows.length) {
        this._drawLater();
      }
    }, 8);
  }

  /** Return the next row to draw: what is in sight goes first. */
  private _takeNext(): CellRow | undefined {
    return this._seen.shift() ?? this._rows.get(this._changed[this._taken++]);
  }

  private _showProgress(): void {
    const rows = this._changed.map(index => this._rows.get(index));
    const drawn = rows.filter(row => row?.isDrawn).length;
    const failed = rows.filter(row => !row || row.failed).length;
    this._options.onProgress(drawn, this._changed.length, failed);
  }

  private _drawFold(row: IFoldRow): HTMLElement {
    const { trans } = this._options.drawing;
    const body = h('div', { class: 'nbvc-Fold-body', hidden: true });
    const count = row.entries.length;
    let text = trans._n('%1 unchanged cell', '%1 unchanged cells', count);
    const heading = findLastHeading(row.entries.map(entry => this._findCellAfter(entry)));
    text += heading ? ` · ${heading}` : '';
    text += row.noisy ? ` · ${trans.__('%1 with hidden noise', row.noisy)}` : '';
    let empty = true;
    const bar = createButton(text, 'nbvc-Fold', () => {
      body.hidden = !body.hidden;
      bar.setAttribute('aria-expanded', String(!body.hidden));
      if (empty) {
        empty = false;
        for (const entry of row.entries) {
          const cell = this._createRow(entry);
          this._extra.push(cell);
          body.append(cell.node);
          this._observe(cell);
        }
      }
    });
    bar.setAttribute('aria-expanded', 'false');
    return h('div', { class: 'nbvc-Fold-box' }, bar, body);
  }

  private _findCellAfter(entry: number): ICell | undefined {
    const { diff, drawing } = this._options;
    return drawing.after[diff.cells[entry].after[0]];
  }

  private _drawGhost(row: IGhostRow): HTMLElement {
    const { diff, drawing } = this._options;
    const after = diff.cells[row.entry].after[0] + 1;
    const name = findFirstLine(drawing.before[row.before]);
    const text = drawing.trans.__('Cell %1 moved to %2: %3', row.before + 1, after, name);
    const node = createButton(text, 'nbvc-Ghost', () => this.show(row.entry));
    node.title = drawing.trans.__('Show where it is now');
    this._ghosts.set(row.entry, node);
    return node;
  }

  private _drawNotebook(): HTMLElement {
    const { diff, drawing, metadata } = this._options;
    const { trans } = drawing;
    const noise = drawing.options.noise ? null : drawing.noise;
    const lines = [
      ...filterNoise(diff.metadata, noise?.['notebook metadata']).map(op =>
        drawOp(trans.__('Metadata'), op, metadata.before, metadata.after)
      ),
      ...filterNoise(diff.notebook, noise?.notebook).map(op =>
        drawOp(trans.__('Notebook'), op, undefined, diff.after)
      )
    ];
    return h(
      'section',
      { class: 'nbvc-Row', 'data-nbvc-change': 'notebook', 'data-nbvc-drawn': 'true' },
      h(
        'header',
        { class: 'nbvc-Row-header' },
        h('span', { class: 'nbvc-Badge', 'data-nbvc-mark': 'changed' }, trans.__('changed')),
        h('span', { class: 'nbvc-Row-place' }, trans.__('The notebook itself'))
      ),
      h('div', { class: 'nbvc-Row-body' }, h('div', { class: 'nbvc-Details' }, ...lines))
    );
  }
}
