/** The history of a notebook: a slider over its commits and checkpoints. */
import type { Extension } from '@codemirror/state';
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { loadLanguage } from '../drawing/languages';
import { createSafeRegistry } from '../drawing/safe';
import type { IBlame, IVersion } from '../server/contract';
import {
  clear,
  createButton,
  createTextNodes,
  formatDistance,
  formatMoment,
  h
} from '../shared/dom';
import { NbvcError } from '../shared/error';
import type { ICell } from '../shared/notebook';
import { findMimetype } from '../shared/notebook';
import { findBefore, formatAuthor, formatTitle } from '../versions/naming';
import { formatBlame } from './blame';
import { Cells } from './cells';
import type { Ask, IWholeVersion } from './contents';
import { Contents, findNewCells } from './contents';
import { drawAuthor, VersionsList } from './list';

export interface IHistoryOptions {
  trans: TranslationBundle;
  rendermime: IRenderMimeRegistry;
  languages: IEditorLanguageRegistry | null;
  versions: () => Promise<IVersion[]>;
  content: Ask;
  compare: (version: IVersion) => void;
  /** Show what a version changed in one of those before it; the first has none. */
  changes: (version: IVersion, befores: IVersion[]) => Promise<void>;
  choose: (version: IVersion) => void;
  restore: (version: IVersion) => Promise<boolean>;
  /** Save a version as a notebook of its own and open it. */
  copy: (version: IVersion, content: IWholeVersion) => Promise<void>;
  download: (version: IVersion, content: IWholeVersion) => void;
  copyCell: (cell: ICell) => void;
  insertCell: ((cell: ICell) => void) | null;
  /** Find who wrote the active cell of the editor; null if no editor is open. */
  blame: (() => Promise<{ cell: number; blame: IBlame }>) | null;
}

/** Milliseconds for which each version is shown while the history plays. */
const PACE = 900;

export class HistoryView extends Widget {
  private readonly _slider = h('input', {
    type: 'range',
    class: 'nbvc-History-slider',
    min: 0,
    max: 0,
    step: 1
  });
  private readonly _caption = h('div', {
    class: 'nbvc-History-caption',
    'aria-live': 'polite'
  });
  private readonly _number = h('span', { class: 'nbvc-History-number' });
  private readonly _count = h('span', { class: 'nbvc-History-count' });
  private readonly _blame = h('div', { class: 'nbvc-History-blame', role: 'status' });
  private readonly _play: HTMLButtonElement;
  private readonly _cells: Cells;
  private readonly _list: VersionsList;
  private readonly _contents: Contents;
  private _versions: IVersion[] = [];
  private _timer = 0;
  private _wanted = -1;
  private _busy: Promise<void> | null = null;
  private _code: Extension = [];

  constructor(private readonly _options: IHistoryOptions) {
    super();
    this.addClass('nbvc-History');
    const { trans } = _options;
    this._contents = new Contents(_options.content);
    this._list = new VersionsList(trans, index => {
      this._stop();
      this._go(index);
    });
    this._cells = new Cells({
      trans,
      rendermime: createSafeRegistry(_options.rendermime),
      code: () => this._code,
      copy: _options.copyCell,
      insert: _options.insertCell
    });
    this._slider.setAttribute('aria-label', trans.__('Version'));
    this._slider.addEventListener('input', () => {
      this._stop();
      this._go(Number(this._slider.value));
    });
    this._play = this._createStep(trans.__('Play'), '▶', () => this._toggle());
    const body = h('div', { class: 'nbvc-History-body' }, this._list.node, this._cells.node);
    const head = h('div', { class: 'nbvc-History-head' }, this._caption, this._drawToggles());
    this.node.append(this._drawBar(), head, this._drawActions(), this._blame, body);
    this._setState('loading');
  }

  /** Load the versions and show the newest. */
  async refresh(): Promise<void> {
    this._setState('loading');
    try {
      this._versions = (await this._options.versions()).reverse();
      this._slider.max = String(Math.max(this._versions.length - 1, 0));
      this._list.versions = this._versions;
      if (!this._versions.length) {
        this._describeNone();
        this._setState('ready');
        return;
      }
      this._wanted = this._versions.length - 1;
      delete this.node.dataset.nbvcShown;
      await this._showWanted();
    } catch (error) {
      this._fail(error);
    }
  }

  override dispose(): void {
    this._stop();
    this._cells.dispose();
    super.dispose();
  }

  private get _current(): IVersion | undefined {
    return this._versions[this._wanted];
  }

  private _drawBar(): HTMLElement {
    const { trans } = this._options;
    return h(
      'div',
      { class: 'nbvc-History-bar', role: 'toolbar', 'aria-label': trans.__('History') },
      this._createStep(trans.__('First version'), '«', () => this._go(this._list.end(1))),
      this._createStep(trans.__('Previous version'), '‹', () =>
        this._go(this._list.beside(this._wanted, -1))
      ),
      this._play,
      this._createStep(trans.__('Next version'), '›', () =>
        this._go(this._list.beside(this._wanted, 1))
      ),
      this._createStep(trans.__('Last version'), '»', () => this._go(this._list.end(-1))),
      this._slider,
      this._number
    );
  }

  private _drawActions(): HTMLElement {
    const { trans, changes, compare, choose, restore, copy, download, blame } = this._options;
    const act = (label: string, work: (version: IVersion) => unknown, title = '') =>
      createButton(label, '', () => this._current && void work(this._current), title);
    const withContent =
      (work: (version: IVersion, content: IWholeVersion) => Promise<void> | void) =>
      async (version: IVersion) => {
        try {
          await work(version, await this._contents.get(version));
        } catch (error) {
          this._fail(error);
        }
      };
    return h(
      'div',
      { class: 'nbvc-History-actions', role: 'toolbar', 'aria-label': trans.__('Version') },
      act(trans.__('What changed here'), version =>
        changes(version, findBefore(version, this._versions))
      ),
      act(trans.__('Compare with now'), compare),
      act(trans.__('Compare with…'), choose),
      act(trans.__('Restore this version'), restore),
      act(
        trans.__('Open a copy'),
        withContent(copy),
        trans.__('Save this version as a notebook of its own beside this one, and open it')
      ),
      act(trans.__('Download'), withContent(download)),
      blame &&
        createButton(
          trans.__('Who wrote the current cell?'),
          'nbvc-History-who',
          () => void this._showBlame()
        )
    );
  }

  private _drawToggles(): HTMLElement {
    const { trans } = this._options;
    return h(
      'div',
      { class: 'nbvc-History-toggles' },
      this._createToggle(trans.__('Changed cells only'), 'nbvc-mod-onlyChanged', false),
      this._createToggle(trans.__('List'), 'nbvc-mod-listed', true)
    );
  }

  /** Create a button that toggles a class of the view. */
  private _createToggle(label: string, name: string, on: boolean): HTMLButtonElement {
    const node = createButton(label, 'nbvc-Toggle', () => {
      const now = this.node.classList.toggle(name);
      node.setAttribute('aria-pressed', String(now));
      this._cells.reveal();
    });
    node.setAttribute('aria-pressed', String(on));
    this.node.classList.toggle(name, on);
    return node;
  }

  private _createStep(label: string, sign: string, act: () => void): HTMLButtonElement {
    const node = createButton(sign, 'nbvc-History-step', () => {
      if (node !== this._play) {
        this._stop();
      }
      act();
    });
    node.setAttribute('aria-label', label);
    node.title = label;
    return node;
  }

  private _go(index: number): void {
    if (index >= 0 && index < this._versions.length) {
      this._wanted = index;
      void this._showWanted().catch(error => this._fail(error));
    }
  }

  private _toggle(): void {
    if (this._timer) {
      this._stop();
      return;
    }
    const { trans } = this._options;
    const at = this._list.beside(this._wanted, 1);
    const start = at >= 0 ? at : this._list.end(1);
    this._setPlay(trans.__('Pause'), '❚❚', true);
    const step = async (index: number): Promise<void> => {
      this._wanted = index;
      await this._showWanted();
      const next = this._list.beside(index, 1);
      if (this._timer && next >= 0) {
        const later = (): void => void step(next).catch(error => this._fail(error));
        this._timer = window.setTimeout(later, PACE);
      } else {
        this._stop();
      }
    };
    this._timer = window.setTimeout(() => void step(start).catch(e => this._fail(e)), 0);
  }

  private _stop(): void {
    window.clearTimeout(this._timer);
    this._timer = 0;
    this._setPlay(this._options.trans.__('Play'), '▶', false);
  }

  private _setPlay(label: string, sign: string, pressed: boolean): void {
    this._play.textContent = sign;
    this._play.title = label;
    this._play.setAttribute('aria-label', label);
    this._play.setAttribute('aria-pressed', String(pressed));
  }

  /** Show the wanted version; while the slider moves, skip those that take too long. */
  private async _showWanted(): Promise<void> {
    this._describe();
    while (this._busy) {
      await this._busy.catch(() => undefined);
    }
    const index = this._wanted;
    const version = this._versions[index];
    if (version && this.node.dataset.nbvcShown !== version.id && !this.isDisposed) {
      this._busy = this._show(index, version);
      try {
        await this._busy;
      } finally {
        this._busy = null;
      }
    }
  }

  private async _show(index: number, version: IVersion): Promise<void> {
    const content = await this._contents.get(version);
    if (this.isDisposed) {
      return;
    }
    const mime = findMimetype(content.notebook);
    this._code = await loadLanguage(this._options.languages, mime);
    this._cells.show(content.notebook.cells);
    this.node.dataset.nbvcShown = version.id;
    this._setState('ready');
    void this._markChanged(index, content).catch(() => undefined);
  }

  /** Mark what is new since the version before, then fetch the versions beside it. */
  private async _markChanged(index: number, content: IWholeVersion): Promise<void> {
    const { trans } = this._options;
    const before = this._versions[index - 1];
    const old = before && (await this._contents.get(before).catch(() => null));
    if (this.isDisposed || this._versions[index]?.id !== this.node.dataset.nbvcShown) {
      return; // the slider has moved on
    }
    const changed = old
      ? findNewCells(content.notebook.cells, old.notebook.cells)
      : new Set<ICell>();
    this._cells.mark(changed);
    this._cells.reveal();
    const count = trans._n('%1 new or changed cell', '%1 new or changed cells', changed.size);
    this._count.textContent = old ? count : '';
    this.node.classList.toggle('nbvc-mod-first', !old);
    for (const near of [index + 1, index - 2, index + 2, index - 3]) {
      const other = this._versions[near];
      if (other && index === this._wanted) {
        await this._contents.get(other).catch(() => undefined);
      }
    }
  }

  private _describe(): void {
    const { trans } = this._options;
    const version = this._current;
    if (!version) {
      return;
    }
    const index = this._wanted;
    this._slider.value = String(index);
    this._slider.setAttribute('aria-valuetext', formatTitle(version, trans));
    this._list.select(index);
    this._number.textContent = `${index + 1} / ${this._versions.length}`;
    this._count.textContent = '';
    clear(this._caption);
    this._caption.append(
      h(
        'span',
        { class: `nbvc-History-kind nbvc-mod-${version.kind}` },
        version.kind === 'commit' ? trans.__('Commit') : trans.__('Checkpoint')
      ),
      h('strong', { title: version.message }, formatTitle(version, trans)),
      ...(version.kind === 'commit' ? [h('code', {}, version.short)] : []),
      drawAuthor(formatAuthor(version.author)),
      h('span', {}, `${formatMoment(version.time)} (${formatDistance(version.time)})`),
      this._count
    );
  }

  private _describeNone(): void {
    const { trans } = this._options;
    this._caption.replaceChildren(
      h('strong', {}, trans.__('This notebook has no commit and no checkpoint yet.')),
      h('span', {}, trans.__('Each save makes a checkpoint; a commit keeps it for good.'))
    );
    this.node.classList.add('nbvc-mod-empty');
  }

  private async _showBlame(): Promise<void> {
    try {
      const found = await this._options.blame?.();
      if (found) {
        const text = formatBlame(found.cell, found.blame, this._options.trans);
        this._blame.replaceChildren(...createTextNodes(text));
      }
    } catch (error) {
      this._blame.replaceChildren(...createTextNodes(NbvcError.from(error).message));
    }
  }

  private _fail(error: unknown): void {
    this._stop();
    if (!this.isDisposed) {
      const problem = NbvcError.from(error);
      const text = [problem.message, problem.hint].filter(Boolean).join(' ');
      this._caption.replaceChildren(
        h('span', { class: 'nbvc-History-failed', role: 'alert' }, text)
      );
      this._cells.show([]);
      delete this.node.dataset.nbvcShown;
      this._setState('error');
    }
  }

  private _setState(state: 'loading' | 'ready' | 'error'): void {
    this.node.dataset.nbvcState = state;
  }
}
