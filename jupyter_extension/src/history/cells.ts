/** A version of a notebook, cell by cell; each cell is drawn when it comes into sight. */
import type { Extension } from '@codemirror/state';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { MimeModel } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { estimateHeight } from '../diff/rows';
import { Drawn, drawOutputs } from '../drawing/outputs';
import { withAttachments } from '../drawing/safe';
import { drawCode } from '../drawing/source';
import { formatOutput } from '../shared/bundle';
import { createButton, h } from '../shared/dom';
import type { ICell } from '../shared/notebook';
import { joinLines } from '../shared/notebook';
import { rove, UPRIGHT } from '../shared/roving';
import { findKey } from './contents';

interface ISlot {
  index: number;
  cell: ICell;
  node: HTMLElement;
  drawn: Drawn | null;
}

export interface ICellsOptions {
  trans: TranslationBundle;
  rendermime: IRenderMimeRegistry;
  code: () => Extension;
  copy: (cell: ICell) => void;
  /** Put a cell into the open notebook; null if none is open. */
  insert: ((cell: ICell) => void) | null;
}

export class Cells {
  readonly node = h('div', { class: 'nbvc-History-cells', tabindex: '0' });
  private _slots: ISlot[] = [];
  private readonly _bySection = new WeakMap<Element, ISlot>();
  private readonly _seen: IntersectionObserver;

  constructor(private readonly _options: ICellsOptions) {
    this._seen = new IntersectionObserver(
      entries => {
        for (const entry of entries) {
          const slot = this._bySection.get(entry.target);
          if (entry.isIntersecting && slot && !slot.drawn) {
            this._draw(slot);
          }
        }
      },
      { root: this.node, rootMargin: '400px' }
    );
    rove(this.node, '.nbvc-History-cell', UPRIGHT);
    // Only the buttons of the current cell are stops of the Tab key.
    for (const kind of ['focusin', 'focusout'] as const) {
      this.node.addEventListener(kind, event => {
        const cell = (event.target as Element).closest('.nbvc-History-cell');
        const there = kind === 'focusin' || cell?.contains(event.relatedTarget as Node);
        cell?.querySelectorAll('button').forEach(button => (button.tabIndex = there ? 0 : -1));
      });
    }
  }

  /**
   * Show a version; cells that it shares with the one shown before stay as they are drawn.
   *
   * `origins` say above each cell where it comes from.
   */
  show(cells: readonly ICell[], origins: readonly string[] = []): void {
    const old = new Set(this._slots);
    const take = (found: ISlot | undefined): ISlot | undefined => {
      old.delete(found as ISlot);
      return found;
    };
    const same = groupBy(old, slot => slot.cell);
    const taken = cells.map(cell => take(same.get(cell)?.shift()));
    const alike = groupBy(taken.includes(undefined) ? old : [], slot => findKey(slot.cell));
    this._slots = cells.map(
      (cell, at) =>
        taken[at] ?? take(alike.get(findKey(cell))?.shift()) ?? this._createSlot(cell)
    );
    old.forEach(slot => this._removeSlot(slot));
    if (!this._slots.some(({ node }) => node.tabIndex === 0) && this._slots.length) {
      this._slots[0].node.tabIndex = 0;
    }
    let next = this.node.firstChild;
    this._slots.forEach((slot, index) => {
      slot.index = index;
      slot.node.classList.remove('nbvc-mod-own');
      if (origins[index]) {
        slot.node.dataset.nbvcOrigin = origins[index];
      } else {
        delete slot.node.dataset.nbvcOrigin;
      }
      if (slot.node === next) {
        next = next.nextSibling;
      } else {
        this.node.insertBefore(slot.node, next);
      }
    });
    this._drawSight();
  }

  /** Mark the cells that are new in this version. */
  mark(changed: ReadonlySet<ICell>): void {
    for (const slot of this._slots) {
      slot.node.classList.toggle('nbvc-mod-changed', changed.has(slot.cell));
    }
  }

  /** Bring the first changed cell into sight. */
  reveal(): void {
    const first = this.node.querySelector<HTMLElement>('.nbvc-mod-changed');
    first?.scrollIntoView({ block: 'nearest' });
  }

  /** Point out one cell, and bring it into sight. */
  pointOut(index: number): void {
    const node = this._slots[index]?.node;
    node?.classList.add('nbvc-mod-own');
    node?.scrollIntoView({ block: 'nearest' });
  }

  dispose(): void {
    this._seen.disconnect();
    this._slots.splice(0).forEach(slot => this._removeSlot(slot));
  }

  private _createSlot(cell: ICell): ISlot {
    const node = h('section', {
      class: 'nbvc-History-cell',
      role: 'group',
      tabindex: '-1',
      'aria-label': this._options.trans.__('Cell'),
      'data-nbvc-type': cell.cell_type
    });
    const slot: ISlot = { index: 0, cell, node, drawn: null };
    this._bySection.set(node, slot);
    node.style.minHeight = `${Math.min(Math.round(estimateHeight([cell])), 4000)}px`;
    this._seen.observe(node);
    return slot;
  }

  /** Draw what is in sight at once: the observer comes a frame later, and a cell would flicker. */
  private _drawSight(): void {
    const room = this.node.getBoundingClientRect();
    const seen = this._slots.filter(({ drawn, node }) => {
      const { top, bottom } = node.getBoundingClientRect();
      return !drawn && bottom > room.top && top < room.bottom;
    });
    seen.forEach(slot => this._draw(slot));
  }

  private _removeSlot(slot: ISlot): void {
    this._seen.unobserve(slot.node);
    slot.drawn?.dispose();
    slot.node.remove();
  }

  private _draw(slot: ISlot): void {
    const drawn = (slot.drawn = new Drawn());
    slot.node.style.minHeight = '';
    try {
      slot.node.append(this._drawTools(slot));
      this._drawCell(slot.node, slot.cell, drawn);
    } catch {
      const outputs = (slot.cell.outputs ?? []).map(formatOutput);
      slot.node.replaceChildren(
        h('pre', {}, [joinLines(slot.cell.source), ...outputs].join('\n'))
      );
    }
  }

  /** Draw the buttons of a cell, which appear when the pointer or the focus is on it. */
  private _drawTools(slot: ISlot): HTMLElement {
    const { trans, copy, insert } = this._options;
    const say = trans.__('Copy this cell, to paste it into any notebook');
    const tools = h('div', { class: 'nbvc-History-tools' });
    tools.append(
      createButton(trans.__('Copy'), 'nbvc-History-copy', () => copy(slot.cell), say)
    );
    if (insert) {
      const where = trans.__('Insert this cell below the current cell of the open notebook');
      tools.append(
        createButton(trans.__('Insert'), 'nbvc-History-insert', () => insert(slot.cell), where)
      );
    }
    tools.querySelectorAll('button').forEach(button => (button.tabIndex = -1));
    return tools;
  }

  private _drawCell(node: HTMLElement, cell: ICell, drawn: Drawn): void {
    const { rendermime, code, trans } = this._options;
    const text = joinLines(cell.source);
    if (cell.cell_type === 'markdown') {
      const widget = drawn.add(rendermime.createRenderer('text/markdown'));
      Widget.attach(widget, node);
      const data = { 'text/markdown': withAttachments(text, cell) };
      void widget.renderModel(new MimeModel({ data, trusted: false }));
      return;
    }
    const language = cell.cell_type === 'code' ? code() : [];
    drawn.add(drawCode(node, { text, label: trans.__('Source'), language, cuts: [] }));
    drawOutputs(node, cell, { trans, rendermime }, drawn);
  }
}

function groupBy<T, K>(all: Iterable<T>, keyed: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const one of all) {
    const group = groups.get(keyed(one));
    if (group) {
      group.push(one);
    } else {
      groups.set(keyed(one), [one]);
    }
  }
  return groups;
}
