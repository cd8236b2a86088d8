/** The tab that compares two versions of a notebook. */
import type { Extension } from '@codemirror/state';
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { loadLanguage } from '../drawing/languages';
import { drawError } from '../drawing/problem';
import { createSafeRegistry } from '../drawing/safe';
import { Waiting } from '../drawing/waiting';
import type { IDiffAnswer } from '../server/comparing';
import { createButton, h } from '../shared/dom';
import { NbvcError } from '../shared/error';
import type { Keys } from '../shared/keys';
import { asksForKeys, showKeys } from '../shared/keys';
import type { INotebook } from '../shared/notebook';
import { findMimetype } from '../shared/notebook';
import type { IViewOptions } from '../shared/settings';
import type { IPairDrawing } from './context';
import { Header } from './header';
import { Page } from './page';
import type { Part } from './parts';

export interface ICompareOptions {
  trans: TranslationBundle;
  rendermime: IRenderMimeRegistry;
  languages: IEditorLanguageRegistry | null;
  view: IViewOptions;
  /** Ask the server; called again for a refresh. */
  load: (signal: AbortSignal) => Promise<IDiffAnswer>;
  actions: ICompareActions;
}

export interface ICompareActions {
  /** Absent if the version after is not a notebook that can be open. */
  restoreCell?: (answer: IDiffAnswer, entry: number, part: Part) => Promise<boolean>;
  restoreAll?: (answer: IDiffAnswer) => Promise<boolean>;
  /** Choose another version for a side. */
  choose?: (side: 'before' | 'after') => void;
  remember: (view: IViewOptions) => void;
}

/** The least width in pixels for two columns. */
const NARROW = 900;
const EMPTY: INotebook = { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 };

export class CompareView extends Widget {
  private readonly _header: Header;
  private readonly _body = h('div', { class: 'nbvc-Compare-body' });
  private readonly _stale: HTMLElement;
  private _page: Page | null = null;
  private _answer: IDiffAnswer | null = null;
  private _languages = { code: [] as Extension, markdown: [] as Extension };
  private _abort: AbortController | null = null;
  private _view: IViewOptions;
  private _width = 0;
  private readonly _resizing: ResizeObserver;

  constructor(private readonly _options: ICompareOptions) {
    super();
    this.addClass('nbvc-Compare');
    this._view = { ..._options.view };
    const { trans, actions } = _options;
    this._header = new Header(trans, {
      next: () => this._page?.step(1),
      previous: () => this._page?.step(-1),
      show: entry => this._page?.show(entry),
      refresh: () => void this.refresh(),
      change: change => this._change(change),
      keys: () => void this._showKeys(),
      filter: kind => this._page?.filter(kind),
      choose: actions.choose,
      restoreAll: actions.restoreAll && (() => void this._restoreAll())
    });
    this._stale = h(
      'div',
      { class: 'nbvc-Stale', role: 'status', hidden: true },
      h('span', {}, trans.__('The notebook has changed since this comparison.'))
    );
    const again = h(
      'button',
      { type: 'button', class: 'nbvc-Button' },
      trans.__('Compare again')
    );
    again.addEventListener('click', () => void this.refresh());
    this._stale.append(again);
    const main = h('div', { class: 'nbvc-Compare-main' }, this._header.outline, this._body);
    this.node.append(this._header.node, this._stale, main);
    this.node.tabIndex = -1;
    this.node.addEventListener('keydown', event => this._onKey(event));
    this._resizing = new ResizeObserver(() => this._onWidth());
    this._resizing.observe(this.node);
    this._header.hide();
    this._setState('loading');
  }

  /** What is shown now. */
  get answer(): IDiffAnswer | null {
    return this._answer;
  }

  /** Ask again and draw the answer, at the same change. */
  async refresh(): Promise<void> {
    this._abort?.abort();
    const abort = (this._abort = new AbortController());
    const { trans } = this._options;
    const waiting = new Waiting(trans.__('Comparing…'), trans.__('Cancel'), () =>
      abort.abort()
    );
    this._stale.hidden = true;
    this._setState('loading');
    this._body.append(waiting.node);
    try {
      const answer = await this._options.load(abort.signal);
      if (abort.signal.aborted || this.isDisposed) {
        return;
      }
      await this._findLanguages(answer);
      this._answer = answer;
      this._draw();
    } catch (error) {
      if (this._abort === abort && !this.isDisposed) {
        this._fail(error);
      }
    } finally {
      waiting.dispose();
    }
  }

  /** Show that the open notebook has changed since the comparison. */
  markStale(): void {
    if (this._answer) {
      this._stale.hidden = false;
    }
  }

  override dispose(): void {
    this._abort?.abort();
    this._resizing.disconnect();
    this._page?.dispose();
    super.dispose();
  }

  protected override onActivateRequest(_msg: Message): void {
    (this._page?.node ?? this.node).focus({ preventScroll: true });
  }

  private get _columns(): IViewOptions['layout'] {
    return this._width && this._width < NARROW ? 'unified' : this._view.layout;
  }

  private _onWidth(): void {
    const before = this._columns;
    this._width = this.node.clientWidth;
    if (this._answer && this._columns !== before) {
      this._draw();
    }
  }

  private _change(change: Partial<IViewOptions>): void {
    this._view = { ...this._view, ...change };
    this._options.actions.remember(this._view);
    this._draw();
  }

  private async _findLanguages(answer: IDiffAnswer): Promise<void> {
    const { languages } = this._options;
    const mime = findMimetype(answer.after.notebook ?? answer.before.notebook);
    const [code, markdown] = await Promise.all([
      loadLanguage(languages, mime),
      loadLanguage(languages, 'text/x-ipythongfm')
    ]);
    this._languages = { code, markdown };
  }

  private _draw(): void {
    const answer = this._answer;
    if (!answer) {
      return;
    }
    const current = this._page?.current ?? -1;
    const top = this._page?.node.scrollTop ?? 0;
    this._page?.dispose();
    const view = { ...this._view, layout: this._columns };
    const drawing = this._createDrawing(answer, view);
    const narrow = this._width > 0 && this._width < NARROW;
    const { restoreCell } = this._options.actions;
    const page = new Page({
      diff: answer.diff,
      metadata: {
        before: answer.before.notebook?.metadata,
        after: answer.after.notebook?.metadata
      },
      drawing,
      restore: restoreCell && ((entry, part) => void this._restoreCell(entry, part)),
      onProgress: (drawn, expected, failed) => this._onProgress(drawn, expected, failed)
    });
    this._page = page;
    page.prepare();
    this._header.show(answer, view, narrow);
    this._body.replaceChildren(page.node);
    page.start();
    if (current >= 0) {
      page.show(current);
    } else {
      page.node.scrollTop = top;
    }
    this._setState('ready');
    if (
      this.node.contains(document.activeElement) ||
      document.activeElement === document.body
    ) {
      page.node.focus({ preventScroll: true });
    }
  }

  private _createDrawing(answer: IDiffAnswer, options: IViewOptions): IPairDrawing {
    return {
      trans: this._options.trans,
      rendermime: createSafeRegistry(this._options.rendermime),
      options,
      before: (answer.before.notebook ?? EMPTY).cells,
      after: (answer.after.notebook ?? EMPTY).cells,
      noise: answer.noise.keys,
      languages: this._languages
    };
  }

  private _onProgress(drawn: number, expected: number, failed: number): void {
    this.node.dataset.nbvcDrawn = String(drawn);
    this.node.dataset.nbvcExpected = String(expected);
    this.node.dataset.nbvcFailed = String(failed);
    this._header.progress(drawn, expected, failed);
  }

  private _fail(error: unknown): void {
    const problem = NbvcError.from(error);
    if (problem.cancelled && this._answer) {
      // The former comparison stays.
      this._stale.hidden = false;
      this._setState('ready');
      return;
    }
    const { trans, actions } = this._options;
    const { choose } = actions;
    const box = drawError(problem, trans);
    box.append(
      createButton(trans.__('Try again'), '', () => void this.refresh()),
      ...(choose
        ? [createButton(trans.__('Choose another version'), '', () => choose('before'))]
        : [])
    );
    this._page?.dispose();
    this._page = null;
    this._answer = null;
    this._header.hide();
    this._body.replaceChildren(box);
    this._setState('error');
  }

  private async _restoreCell(entry: number, part: Part): Promise<void> {
    const { restoreCell } = this._options.actions;
    if (this._answer && (await restoreCell?.(this._answer, entry, part))) {
      await this.refresh();
    }
  }

  private async _restoreAll(): Promise<void> {
    if (this._answer && (await this._options.actions.restoreAll?.(this._answer))) {
      await this.refresh();
    }
  }

  private _setState(state: 'loading' | 'ready' | 'error'): void {
    this.node.dataset.nbvcState = state;
    this.node.setAttribute('aria-busy', String(state === 'loading'));
  }

  private _onKey(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable;
    if (typing || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const keys: Record<string, () => void> = {
      n: () => this._page?.step(1),
      p: () => this._page?.step(-1),
      o: () => this._header.toggleOutline(),
      u: () => this._header.press('layout'),
      m: () => this._header.press('markdown'),
      x: () => this._header.press('noise')
    };
    if (asksForKeys(event)) {
      void this._showKeys();
    }
    const act = keys[event.key];
    if (act) {
      event.preventDefault();
      event.stopPropagation();
      act();
    }
  }

  private _showKeys(): Promise<void> {
    const { trans } = this._options;
    const keys: Keys = [
      ['n, p', trans.__('next and previous change')],
      ['o', trans.__('outline')],
      ['u', trans.__('one column or two')],
      ['m', trans.__('markdown as text, or as a reader sees it')],
      ['x', trans.__('noise')]
    ];
    return showKeys(trans.__('Keys of a comparison'), keys, trans);
  }
}
