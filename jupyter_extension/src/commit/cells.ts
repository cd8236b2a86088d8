/** The changed cells of a notebook with a box for each: what of it goes into a commit. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { chooseSign, formatMark } from '../diff/words';
import type { Mark } from '../diff/summary';
import type { ICellChange, IChangedCells } from '../server/contract';
import { createCheckBox, h } from '../shared/dom';
import type { NbvcError } from '../shared/error';
import { drawError } from '../drawing/problem';
import { rove, UPRIGHT } from '../shared/roving';
import type { CellChoice } from './choice';
import { NOTEBOOK } from './choice';

export interface ICellActs {
  /** Called after a box was ticked or unticked. */
  changed: () => void;
  /** Discard the change of a cell; null is for the metadata of the notebook. */
  discard: (cell: ICellChange | null) => void;
  unstage: (cells: number[], notebook: boolean) => void;
}

export class CellList {
  readonly node: HTMLElement;
  private readonly _body = h('div', { class: 'nbvc-Cells-body' });
  private readonly _head: HTMLElement;
  private readonly _all: HTMLInputElement;
  private readonly _count = h('span', { role: 'status' });
  private _byDefault = true;

  /** A wide list has a box for all cells, and words where a narrow one has signs. */
  constructor(
    private readonly _trans: TranslationBundle,
    name: string,
    private readonly _choice: CellChoice,
    private readonly _acts: ICellActs,
    private readonly _isWide: boolean
  ) {
    this._all = createCheckBox(_trans.__('All changed cells'), 'nbvc-Cells-all', isTicked => {
      this._choice.setAll(isTicked);
      this._showTicks();
    });
    this._head = h('label', { class: 'nbvc-Cells-head' }, this._all, this._count);
    this.node = h(
      'div',
      {
        class: _isWide ? 'nbvc-Cells' : 'nbvc-Cells nbvc-mod-narrow',
        role: 'group',
        'aria-label': _trans.__('Changed cells of %1', name),
        'data-nbvc-cells': name,
        'data-nbvc-state': 'loading'
      },
      this._head,
      this._body
    );
    this._head.hidden = true;
    this._body.append(
      h('p', { class: 'nbvc-Muted' }, _trans.__('Looking at the changed cells…'))
    );
  }

  show(list: IChangedCells, byDefault: boolean): void {
    const { _trans: trans } = this;
    this._byDefault = byDefault;
    this._choice.show(list);
    const focused = this.node.contains(document.activeElement)
      ? document.activeElement?.getAttribute('data-nbvc-key')
      : null;
    const parts: HTMLElement[] = [];
    if (list.partly_staged) {
      parts.push(
        h('p', { class: 'nbvc-Cells-title' }, trans.__('Staged, will be committed')),
        this._drawRows(this._drawStaged(list)),
        h('p', { class: 'nbvc-Cells-title' }, trans.__('Not staged'))
      );
    }
    const rows = list.cells.map(cell => this._drawCell(cell, list.is_new));
    if (list.notebook) {
      const text = trans.__('Metadata of the notebook');
      const row = this._drawRow(NOTEBOOK, this._drawTick(NOTEBOOK, text), text);
      if (!list.is_new) {
        row.append(this._drawDiscard(NOTEBOOK, text, null));
      }
      rows.push(row);
    }
    parts.push(
      rows.length
        ? this._drawRows(rows)
        : h('p', { class: 'nbvc-Muted' }, trans.__('No cell changed'))
    );
    this._body.replaceChildren(...parts);
    this._head.hidden = !this._isWide || !rows.length;
    this.node.dataset.nbvcState = 'ready';
    this._showTicks();
    if (focused) {
      const rest = this._body.querySelector<HTMLElement>('.nbvc-Cells-tick');
      const same = `[data-nbvc-key="${CSS.escape(focused)}"]`;
      (this._body.querySelector<HTMLElement>(same) ?? rest)?.focus();
    }
  }

  showError(error: NbvcError): void {
    this._head.hidden = true;
    this._choice.show(null);
    this._body.replaceChildren(drawError(error, this._trans));
    this.node.dataset.nbvcState = 'failed';
  }

  set disabled(isOff: boolean) {
    this.node.querySelectorAll('input, button').forEach(node => {
      node.toggleAttribute('disabled', isOff);
    });
  }

  /** Let the boxes show what is chosen. */
  update(byDefault: boolean): void {
    this._byDefault = byDefault;
    this._drawTicks();
  }

  private _showTicks(): void {
    this._drawTicks();
    this._acts.changed();
  }

  private _drawTicks(): void {
    const { _trans: trans } = this;
    for (const box of this._body.querySelectorAll<HTMLInputElement>('[data-nbvc-tick]')) {
      box.checked = this._choice.isTicked(box.dataset.nbvcTick ?? '', this._byDefault);
    }
    const [ticked, all] = this._choice.count(this._byDefault);
    this._all.checked = ticked === all;
    this._all.indeterminate = ticked > 0 && ticked < all;
    this._count.textContent = trans._n(
      '%2 of %1 change is ticked',
      '%2 of %1 changes are ticked',
      all,
      ticked
    );
  }

  /** Draw a list in which the Tab key stops at the box of one row, then at its button. */
  private _drawRows(rows: HTMLElement[]): HTMLElement {
    const list = h('ul', { class: 'nbvc-Cells-rows' }, ...rows);
    rove(list, '.nbvc-Cells-tick', UPRIGHT);
    rove(list, '.nbvc-Cells-discard', UPRIGHT);
    list.addEventListener('focusin', event => {
      const row = (event.target as Element).closest('.nbvc-Cells-row');
      for (const node of list.querySelectorAll<HTMLElement>('input, button')) {
        node.tabIndex = row?.contains(node) ? 0 : -1;
      }
    });
    return list;
  }

  private _drawCell(cell: ICellChange, isNew: boolean): HTMLElement {
    const { _trans: trans } = this;
    const row = this._drawRow(
      cell.key,
      this._drawTick(cell.key, trans.__('Commit %1', this._name(cell))),
      ...this._describe(cell)
    );
    if (!isNew) {
      row.append(this._drawDiscard(cell.key, this._name(cell), cell));
    }
    return row;
  }

  private _drawDiscard(key: string, name: string, cell: ICellChange | null): HTMLElement {
    const label = this._trans.__('Discard the change: %1', name);
    const button = h(
      'button',
      {
        type: 'button',
        class: 'nbvc-Cells-discard',
        title: label,
        'aria-label': label,
        'data-nbvc-key': `discard ${key}`
      },
      '↩'
    );
    button.addEventListener('click', () => this._acts.discard(cell));
    return button;
  }

  private _drawStaged(list: IChangedCells): HTMLElement[] {
    const { _trans: trans } = this;
    const draw = (
      key: string,
      name: string,
      cells: number[],
      ...children: (Node | string)[]
    ): HTMLElement => {
      const box = createCheckBox(
        trans.__('Staged: %1', name),
        'nbvc-Cells-tick',
        () => {
          box.checked = true; // as long as it is staged
          this._acts.unstage(cells, !cells.length);
        },
        {
          title: trans.__('Staged; without the tick it is unstaged'),
          'data-nbvc-key': `staged ${key}`
        }
      );
      box.checked = true;
      return this._drawRow(`staged ${key}`, box, ...children);
    };
    const rows = list.staged.map(cell =>
      draw(cell.key, this._name(cell), [cell.entry], ...this._describe(cell))
    );
    if (list.staged_notebook) {
      const text = trans.__('Metadata of the notebook');
      rows.push(draw(NOTEBOOK, text, [], text));
    }
    return rows;
  }

  private _drawRow(
    key: string,
    box: HTMLInputElement,
    ...children: (Node | string)[]
  ): HTMLElement {
    return h(
      'li',
      { class: 'nbvc-Cells-row', 'data-nbvc-row': key },
      h('label', {}, box, ...children)
    );
  }

  private _drawTick(key: string, label: string): HTMLInputElement {
    return createCheckBox(
      label,
      'nbvc-Cells-tick',
      isTicked => {
        this._choice.set(key, isTicked);
        this._showTicks();
      },
      { 'data-nbvc-tick': key, 'data-nbvc-key': `tick ${key}` }
    );
  }

  private _describe(cell: ICellChange): (Node | string)[] {
    const { _trans: trans } = this;
    const mark = findMark(cell);
    const lines = [cell.added && `+${cell.added}`, cell.removed && `−${cell.removed}`];
    const extent = [
      ...lines.filter(Boolean),
      cell.outputs && trans.__('outputs'),
      cell.moved && mark !== 'moved' && trans.__('moved')
    ];
    return [
      h(
        'span',
        { class: 'nbvc-Badge', 'data-nbvc-mark': mark, title: formatMark(mark, trans) },
        this._isWide ? formatMark(mark, trans) : chooseSign(mark)
      ),
      h('span', { class: 'nbvc-Outline-number' }, cell.numbers.join(', ')),
      h(
        'code',
        { class: 'nbvc-Outline-text', title: cell.text },
        cell.text || trans.__('empty cell')
      ),
      h('span', { class: 'nbvc-Cells-extent' }, extent.filter(Boolean).join(' '))
    ];
  }

  /** `cell 3, changed: x = 1` */
  private _name(cell: ICellChange): string {
    const { _trans: trans } = this;
    const mark = formatMark(findMark(cell), trans);
    const text = cell.text || trans.__('empty cell');
    return trans.__('cell %1, %2: %3', cell.numbers.join(', '), mark, text);
  }
}

function findMark({ change, moved }: ICellChange): Mark {
  return change === 'modified' ? 'changed' : change === 'unchanged' && moved ? 'moved' : change;
}
