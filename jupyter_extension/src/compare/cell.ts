/** One entry of the diff on the page: drawn when needed, and as text if drawing fails. */
import { MimeModel } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';
import type { ICellDiff } from '../diff/format';
import { countNoise } from '../diff/noise';
import { formatEntry } from '../diff/plain';
import { estimateHeight, isChange } from '../diff/rows';
import { findFirstLine, findMark, isOutputOnly } from '../diff/summary';
import { joinSources } from '../diff/text';
import { formatMark, formatType } from '../diff/words';
import {
  createColumn,
  createColumns,
  drawEqualBar,
  Drawn,
  drawOutputs
} from '../drawing/outputs';
import { withAttachments } from '../drawing/safe';
import type { ISourceSide } from '../drawing/source';
import { drawCode, drawPair } from '../drawing/source';
import { createButton, h } from '../shared/dom';
import type { ICell, IOutput } from '../shared/notebook';
import { openChoices } from '../shared/menu';
import { joinLines } from '../shared/notebook';
import type { IPairDrawing } from './context';
import { drawDetails } from './details';
import { markBlocks } from './marking';
import { drawOutputDiff } from './outputs';
import type { Part } from './parts';
import { hasParts } from './parts';

export interface ICellActions {
  /** Put this cell of the version before into the live notebook; absent if none is open. */
  restore?: (entry: number, part: Part) => void;
  jumpToGhost: (entry: number) => void;
}

export class CellRow {
  readonly node: HTMLElement;
  private _drawn: Drawn | null = null;
  private _failed = false;
  private _parts: HTMLElement[] | null = null;
  private _attached = (): void => undefined;

  constructor(
    readonly index: number,
    readonly entry: ICellDiff,
    private readonly _drawing: IPairDrawing,
    private readonly _actions: ICellActions
  ) {
    const cells = [...this.beforeCells, ...this.afterCells];
    this.node = h('section', {
      class: 'nbvc-Row',
      role: 'group',
      tabindex: '-1',
      'aria-label': this._formatLabel(),
      'data-nbvc-change': entry.change === 'unchanged' && entry.moved ? 'moved' : entry.change,
      'data-nbvc-before': entry.before.join(','),
      'data-nbvc-after': entry.after.join(','),
      'data-nbvc-entry': this.index
    });
    const halves = entry.before.length && entry.after.length ? 2 : 1;
    this.node.style.minHeight = `${Math.round(estimateHeight(cells) / halves)}px`;
  }

  get isDrawn(): boolean {
    return this._drawn !== null && this._parts === null;
  }

  get failed(): boolean {
    return this._failed;
  }

  get beforeCells(): ICell[] {
    return this.entry.before.map(i => this._drawing.before[i]);
  }

  get afterCells(): ICell[] {
    return this.entry.after.map(i => this._drawing.after[i]);
  }

  draw(): void {
    this.prepare();
    this.attach();
  }

  /**
   * Make everything outside the page. Each new editor asks whether fonts are loaded, for which a
   * browser lays out a page that changed: many rows are made first, and then put in together.
   */
  prepare(): void {
    if (this._drawn) {
      return;
    }
    const drawn = new Drawn(new Promise(resolve => (this._attached = resolve)));
    this._drawn = drawn;
    const body = h('div', { class: 'nbvc-Row-body' });
    this._parts = [this._drawHeader(), body];
    try {
      this._drawBody(body, drawn);
    } catch (error) {
      this._failed = true;
      this._drawAsText(body, error);
    }
  }

  /** Put the prepared elements into the page. */
  attach(): void {
    if (this._parts) {
      this.node.style.minHeight = '';
      this.node.append(...this._parts);
      this.node.dataset.nbvcDrawn = 'true';
      this._parts = null;
      this._attached();
    }
  }

  dispose(): void {
    this._drawn?.dispose();
    this.node.remove();
  }

  private _formatLabel(): string {
    const { trans } = this._drawing;
    const cell = this.afterCells[0] ?? this.beforeCells[0];
    return `${formatMark(findMark(this.entry), trans)}: ${findFirstLine(cell) || trans.__('empty cell')}`;
  }

  private _drawHeader(): HTMLElement {
    const { trans } = this._drawing;
    const { entry, index } = this;
    const mark = findMark(entry);
    const header = h(
      'header',
      { class: 'nbvc-Row-header' },
      h('span', { class: 'nbvc-Badge', 'data-nbvc-mark': mark }, formatMark(mark, trans))
    );
    if (entry.moved) {
      const text = trans.__('moved %1 → %2', entry.before[0] + 1, entry.after[0] + 1);
      const link = createButton(text, 'nbvc-Moved', () => this._actions.jumpToGhost(index));
      link.title = trans.__('Show where it was');
      if (mark === 'moved') {
        header.replaceChildren();
      }
      header.append(link);
    }
    header.append(h('span', { class: 'nbvc-Row-place' }, this._formatPlace()));
    if (isOutputOnly(entry, this._drawing.noise)) {
      header.append(h('span', { class: 'nbvc-Row-only' }, trans.__('output only')));
    }
    const noise = countNoise(entry, this._drawing.noise);
    if (noise && !this._drawing.options.noise && isChange(entry)) {
      const text = trans._n('%1 detail hidden', '%1 details hidden', noise);
      header.append(h('span', { class: 'nbvc-Row-noise' }, text));
    }
    header.append(h('span', { class: 'nbvc-Spacer' }));
    if (this._actions.restore && entry.change !== 'unchanged') {
      header.append(this._drawRestore(this._actions.restore));
    }
    return header;
  }

  /** Draw the button that restores the cell, and a menu of its parts if it has two. */
  private _drawRestore(restore: (entry: number, part: Part) => void): HTMLElement {
    const { trans } = this._drawing;
    const { entry, index } = this;
    const isThere = entry.before.length > 0;
    const label = isThere ? trans.__('Restore this cell') : trans.__('Remove this cell');
    const button = createButton(
      label,
      'nbvc-Row-restore',
      () => restore(index, 'both'),
      isThere
        ? trans.__('Put the cell as it was before into the open notebook')
        : trans.__('Take this cell, which was not there before, out of the open notebook')
    );
    button.textContent = isThere ? trans.__('↩ Restore') : trans.__('↩ Remove');
    const group = h('span', { class: 'nbvc-Row-actions', role: 'group' }, button);
    if (hasParts(entry)) {
      const parts = createButton(
        trans.__('Restore a part of this cell'),
        'nbvc-Row-parts',
        () =>
          openChoices(parts, [
            { label: trans.__('Source only'), act: () => restore(index, 'source') },
            { label: trans.__('Outputs only'), act: () => restore(index, 'outputs') },
            { label: trans.__('Source and outputs'), act: () => restore(index, 'both') }
          ])
      );
      parts.textContent = '▾';
      parts.setAttribute('aria-haspopup', 'menu');
      group.append(parts);
    }
    return group;
  }

  private _formatPlace(): string {
    const { trans } = this._drawing;
    const number = (indices: readonly number[]): string => indices.map(i => i + 1).join(', ');
    const cell = this.afterCells[0] ?? this.beforeCells[0];
    const type = formatType(cell?.cell_type, trans);
    const [before, after] = [number(this.entry.before), number(this.entry.after)];
    const place =
      before && after && before !== after ? `${before} → ${after}` : after || before;
    return this.entry.moved ? type : `${type} ${place}`;
  }

  private _drawBody(body: HTMLElement, drawn: Drawn): void {
    const { entry } = this;
    if (entry.change === 'unchanged') {
      this._drawWhole(body, this.afterCells[0], 'after', drawn);
      drawDetails(body, entry, this.beforeCells[0], this.afterCells[0], this._drawing);
    } else if (!entry.before.length || !entry.after.length) {
      this._drawOneSided(body, drawn);
    } else {
      this._drawSources(body, drawn);
      drawDetails(body, entry, this.beforeCells[0], this.afterCells[0], this._drawing);
      this._drawOutputs(body, drawn);
    }
  }

  private _drawOneSided(body: HTMLElement, drawn: Drawn): void {
    const removed = this.entry.before.length > 0;
    const column = createColumn(removed ? 'before' : 'after');
    body.append(column);
    const cell = removed ? this.beforeCells[0] : this.afterCells[0];
    this._drawWhole(column, cell, removed ? 'before' : 'after', drawn);
  }

  private _drawWhole(
    host: HTMLElement,
    cell: ICell,
    which: 'before' | 'after',
    drawn: Drawn
  ): void {
    const source = h('div', { class: 'nbvc-Source' });
    host.append(source);
    this._drawSource(source, [cell], which, drawn);
    drawOutputs(host, cell, this._drawing, drawn);
  }

  private _drawSource(
    host: HTMLElement,
    cells: readonly ICell[],
    which: 'before' | 'after',
    drawn: Drawn
  ): void {
    const markdown = cells.every(cell => cell?.cell_type === 'markdown');
    if (markdown && this._drawing.options.rendered) {
      for (const cell of cells) {
        void this._drawMarkdown(host, cell, drawn);
      }
      return;
    }
    drawn.add(drawCode(host, this._createSide(cells, which)));
  }

  private async _drawMarkdown(host: HTMLElement, cell: ICell, drawn: Drawn): Promise<void> {
    const data = { 'text/markdown': withAttachments(joinLines(cell.source), cell) };
    const widget = drawn.add(this._drawing.rendermime.createRenderer('text/markdown'));
    await drawn.attached;
    if (drawn.disposed || !host.isConnected) {
      return;
    }
    Widget.attach(widget, host);
    return widget.renderModel(new MimeModel({ data, trusted: false }));
  }

  private _createSide(cells: readonly ICell[], which: 'before' | 'after'): ISourceSide {
    const { trans, languages } = this._drawing;
    const indices = this.entry[which];
    const type = cells[0]?.cell_type;
    const cuts: ISourceSide['cuts'][number][] = [];
    let at = 0;
    cells.slice(0, -1).forEach((cell, n) => {
      at += joinLines(cell.source).length + 1;
      cuts.push({ at, label: trans.__('cell %1', (indices[n + 1] ?? 0) + 1) });
    });
    return {
      text: joinSources(cells, [...cells.keys()]),
      label: which === 'before' ? trans.__('Source before') : trans.__('Source after'),
      language:
        type === 'code' ? languages.code : type === 'markdown' ? languages.markdown : [],
      cuts
    };
  }

  private _drawSources(body: HTMLElement, drawn: Drawn): void {
    const { entry, beforeCells, afterCells, _drawing: drawing } = this;
    const several = beforeCells.length + afterCells.length > 2;
    if (!entry.source && !several) {
      this._drawEqualSource(body, drawn);
      return;
    }
    const markdown = [...beforeCells, ...afterCells].every(c => c?.cell_type === 'markdown');
    if (markdown && drawing.options.rendered) {
      this._drawMarkdownPair(body, drawn);
      return;
    }
    const host = h('div', { class: 'nbvc-Source nbvc-mod-pair' });
    body.append(host);
    const before = this._createSide(beforeCells, 'before');
    const after = this._createSide(afterCells, 'after');
    const { layout } = drawing.options;
    drawn.add(drawPair(host, { before, after, ops: entry.source ?? [], layout }));
  }

  /** Draw a source that stayed the same; a long one is behind a bar with its first line. */
  private _drawEqualSource(body: HTMLElement, drawn: Drawn): void {
    const { trans } = this._drawing;
    const cells = this.afterCells;
    const draw = (slot: HTMLElement): void => {
      const source = h('div', { class: 'nbvc-Source nbvc-mod-equal' });
      slot.append(source);
      this._drawSource(source, cells, 'after', drawn);
    };
    const lines = joinLines(cells[0]?.source).split('\n').length;
    if (lines <= 8) {
      draw(body);
      return;
    }
    const label = trans.__('Source unchanged, %1 lines: %2', lines, findFirstLine(cells[0]));
    body.append(drawEqualBar(label, draw));
  }

  private _drawMarkdownPair(body: HTMLElement, drawn: Drawn): void {
    const { node, before, after } = createColumns();
    before.classList.add('nbvc-mod-removed');
    after.classList.add('nbvc-mod-added');
    body.append(node);
    const drawings = [
      ...this.beforeCells.map(cell => this._drawMarkdown(before, cell, drawn)),
      ...this.afterCells.map(cell => this._drawMarkdown(after, cell, drawn))
    ];
    void Promise.all(drawings).then(() => markBlocks(before, after));
  }

  private _drawOutputs(body: HTMLElement, drawn: Drawn): void {
    const { entry, beforeCells, afterCells, _drawing: drawing } = this;
    const { trans } = drawing;
    if (entry.change === 'modified') {
      if (entry.outputs) {
        drawOutputDiff(body, entry.outputs, beforeCells[0], afterCells[0], drawing, drawn);
      } else if (afterCells[0]?.outputs?.length) {
        body.append(
          drawEqualBar(trans.__('Outputs unchanged'), slot =>
            drawOutputs(slot, afterCells[0], drawing, drawn)
          )
        );
      }
      return;
    }
    if (![...beforeCells, ...afterCells].some(cell => cell?.outputs?.length)) {
      return;
    }
    const results = (cells: readonly ICell[]): string =>
      JSON.stringify(cells.flatMap(cell => (cell?.outputs ?? []).map(withoutCount)));
    if (results(beforeCells) === results(afterCells)) {
      const draw = (slot: HTMLElement): void =>
        afterCells.forEach(cell => drawOutputs(slot, cell, drawing, drawn));
      body.append(drawEqualBar(trans.__('Outputs unchanged'), draw));
      return;
    }
    const { node, before, after } = createColumns();
    before.classList.add('nbvc-mod-removed');
    after.classList.add('nbvc-mod-added');
    body.append(node);
    beforeCells.forEach(cell => drawOutputs(before, cell, drawing, drawn));
    afterCells.forEach(cell => drawOutputs(after, cell, drawing, drawn));
  }

  private _drawAsText(body: HTMLElement, error: unknown): void {
    const { trans, before, after } = this._drawing;
    const message = trans.__(
      'This cell can’t be drawn (%1). Here it is as text.',
      String(error)
    );
    const pre = h('pre', { class: 'nbvc-Plain' });
    for (const line of formatEntry(this.entry, before, after)) {
      const kind = line.sign === '-' ? 'removed' : line.sign === '+' ? 'added' : 'equal';
      pre.append(h('span', { class: `nbvc-mod-${kind}` }, `${line.sign} ${line.text}\n`));
    }
    body.replaceChildren(h('p', { class: 'nbvc-Row-error', role: 'alert' }, message), pre);
  }
}

/** Return an output without its execution count. */
function withoutCount(output: IOutput): IOutput {
  return { ...output, execution_count: null };
}
