/** The place of a view: a tab of JupyterLab, or over the one document of a Notebook 7 page. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { LabIcon } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { createButton, h } from './dom';

export interface IPlaced {
  id: string;
  title: string;
  caption?: string;
  icon?: LabIcon;
  /** What it shows: see `revealed`. */
  key?: string;
  /** Widget to open the tab beside. */
  ref?: string;
}

/** Return whether there are tabs: Notebook 7 takes no second widget into its main area. */
function hasTabs(app: JupyterFrontEnd): boolean {
  return (
    app.name !== 'Jupyter Notebook' && !document.querySelector('#main-panel.jp-NotebookPanel')
  );
}

/** The views that are open, by what they show. */
const views = new Map<string, Widget>();

/** Bring the view that shows this to the front and return it; null if there is none. */
export function revealView(app: JupyterFrontEnd, key: string): Widget | null {
  const view = views.get(key);
  if (!view || view.isDisposed) {
    return null;
  }
  app.shell.activateById(`${view.id}-tab`);
  return view;
}

/** Show a view; it is disposed when its tab, or the page over the document, is closed. */
export function openView(
  app: JupyterFrontEnd,
  content: Widget,
  placed: IPlaced,
  trans: TranslationBundle
): void {
  content.id = placed.id;
  if (placed.key) {
    views.set(placed.key, content);
    const { key } = placed;
    content.disposed.connect(() => views.get(key) === content && views.delete(key));
  }
  if (hasTabs(app)) {
    const main = new MainAreaWidget({ content });
    main.id = `${placed.id}-tab`;
    main.toolbar.hide();
    main.title.label = placed.title;
    main.title.caption = placed.caption ?? placed.title;
    main.title.closable = true;
    main.title.icon = placed.icon;
    app.shell.add(main, 'main', { ref: placed.ref });
    app.shell.activateById(main.id);
    return;
  }
  new Overlay(content, placed.title, trans).open();
}

/** Close the view that lies over the page of Notebook 7, if there is one. */
export function closeOverlay(): void {
  document
    .querySelectorAll('.nbvc-Overlay')
    .forEach(view => view.dispatchEvent(new Event('nbvc:close')));
}

class Overlay extends Widget {
  private readonly _before = document.activeElement;
  private _closing = false;

  constructor(
    private readonly _content: Widget,
    title: string,
    trans: TranslationBundle
  ) {
    super();
    this.addClass('nbvc-Overlay');
    this.addClass('jp-ThemedContainer');
    this.node.setAttribute('role', 'dialog');
    this.node.setAttribute('aria-label', title);
    const close = createButton(
      trans.__('Close'),
      'nbvc-Overlay-close',
      () => this.dispose(),
      'Esc'
    );
    this.node.append(h('div', { class: 'nbvc-Overlay-head' }, h('h2', {}, title), close));
    this.node.addEventListener('keydown', event => this._onKey(event));
    _content.disposed.connect(() => this.dispose());
  }

  open(): void {
    closeOverlay();
    this.node.addEventListener('nbvc:close', () => this.dispose());
    Widget.attach(this, document.body);
    Widget.attach(this._content, this.node);
    this._content.activate();
  }

  override dispose(): void {
    if (this.isDisposed || this._closing) {
      return;
    }
    this._closing = true;
    // The content goes first: it can't be detached once its place is gone.
    this._content.dispose();
    super.dispose();
    (this._before as HTMLElement | null)?.focus?.();
  }

  protected override onResize(_msg: Message): void {
    this._content.update();
  }

  private _onKey(event: KeyboardEvent): void {
    // The notebook below must not get these keys.
    event.stopPropagation();
    if (event.key === 'Escape') {
      this.dispose();
    }
  }
}
