/** A notebook as it was, cell by cell; what is out of sight is drawn when it comes into sight. */
import type { Extension } from '@codemirror/state';
import { MimeModel } from '@jupyterlab/rendermime';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import type { IDrawing } from '../compare/context';
import { Drawn, drawOutputs } from '../compare/outputs';
import { withAttachments } from '../compare/safe';
import { drawCode } from '../compare/source';
import { plainOutput } from '../diff/bundle';
import type { ICell } from '../diff/format';
import { textOf } from '../diff/format';
import { estimatedHeight } from '../diff/rows';
import { h } from '../dom';

interface ISlot {
  key: string;
  cell: ICell;
  node: HTMLElement;
  drawn: Drawn | null;
}

export interface ICellsOptions {
  trans: TranslationBundle;
  rendermime: IRenderMimeRegistry;
  code: () => Extension;
}

export class Cells {
  readonly node = h('div', { class: 'nbvc-History-cells', tabindex: '0' });
  private _slots: ISlot[] = [];
  private readonly _seen: IntersectionObserver;

  constructor(private readonly _options: ICellsOptions) {
    this._seen = new IntersectionObserver(
      entries => {
        for (const entry of entries) {
          const slot = this._slots.find(one => one.node === entry.target);
          if (entry.isIntersecting && slot && !slot.drawn) {
            this._draw(slot);
          }
        }
      },
      { root: this.node, rootMargin: '400px' }
    );
  }

  /** Show a version; cells that it shares with the one shown before stay as they are drawn. */
  show(cells: readonly ICell[], changed: (cell: ICell) => boolean): void {
    const old = new Map<string, ISlot[]>();
    for (const slot of this._slots) {
      old.set(slot.key, [...(old.get(slot.key) ?? []), slot]);
    }
    this._slots = cells.map((cell, index) => {
      const key = keyOf(cell);
      const slot = old.get(key)?.shift() ?? this._made(cell, key);
      slot.node.setAttribute('aria-label', this._options.trans.__('Cell %1', index + 1));
      slot.node.classList.toggle('nbvc-mod-changed', changed(cell));
      return slot;
    });
    for (const slot of [...old.values()].flat()) {
      this._forget(slot);
    }
    this._slots.forEach((slot, index) => {
      if (this.node.children[index] !== slot.node) {
        this.node.insertBefore(slot.node, this.node.children[index] ?? null);
      }
    });
  }

  dispose(): void {
    this._seen.disconnect();
    this._slots.splice(0).forEach(slot => this._forget(slot));
  }

  private _made(cell: ICell, key: string): ISlot {
    const node = h('section', {
      class: 'nbvc-History-cell',
      role: 'group',
      'data-nbvc-type': cell.cell_type
    });
    node.style.minHeight = `${Math.min(Math.round(estimatedHeight([cell])), 4000)}px`;
    this._seen.observe(node);
    return { key, cell, node, drawn: null };
  }

  private _forget(slot: ISlot): void {
    this._seen.unobserve(slot.node);
    slot.drawn?.dispose();
    slot.node.remove();
  }

  private _draw(slot: ISlot): void {
    const drawn = (slot.drawn = new Drawn());
    slot.node.style.minHeight = '';
    try {
      this._drawCell(slot.node, slot.cell, drawn);
    } catch {
      const outputs = (slot.cell.outputs ?? []).map(plainOutput);
      slot.node.replaceChildren(
        h('pre', {}, [textOf(slot.cell.source), ...outputs].join('\n'))
      );
    }
  }

  private _drawCell(node: HTMLElement, cell: ICell, drawn: Drawn): void {
    const { rendermime, code, trans } = this._options;
    const text = textOf(cell.source);
    if (cell.cell_type === 'markdown') {
      const widget = drawn.add(rendermime.createRenderer('text/markdown'));
      Widget.attach(widget, node);
      const data = { 'text/markdown': withAttachments(text, cell) };
      void widget.renderModel(new MimeModel({ data, trusted: false }));
      return;
    }
    const language = cell.cell_type === 'code' ? code() : [];
    drawn.add(drawCode(node, { text, label: trans.__('Source'), language, cuts: [] }));
    drawOutputs(node, cell, { trans, rendermime } as unknown as IDrawing, drawn);
  }
}

/** What two cells have in common that look the same. */
export function keyOf(cell: ICell): string {
  return `${cell.cell_type}\u0000${textOf(cell.source)}\u0000${JSON.stringify(cell.outputs ?? [])}`;
}
