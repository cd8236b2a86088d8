/** A bar above a notebook: what is the matter with it, and what can be done. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import { Widget } from '@lumino/widgets';
import { createButton, h } from './dom';
import type { IOffer } from './tell';

export class Bar {
  private _widget: Widget | null = null;
  private _text = '';

  constructor(private readonly _panel: NotebookPanel) {}

  /** Show a text with buttons; the bar that says the same already stays. */
  show(text: string, offers: readonly IOffer[]): void {
    if (this._panel.isDisposed || (this._widget && this._text === text)) {
      return;
    }
    this.hide();
    const buttons = offers.map(({ label, act }) => createButton(label, '', act));
    const node = h('div', { class: 'nbvc-Warning', role: 'alert' }, h('span', {}, text));
    node.append(...buttons);
    this._text = text;
    this._widget = new Widget({ node });
    this._panel.contentHeader.insertWidget(0, this._widget);
  }

  hide(): void {
    this._widget?.dispose();
    this._widget = null;
  }
}
