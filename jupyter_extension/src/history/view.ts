/** The history of a notebook: a slider over its commits and checkpoints. */
import type { Extension } from '@codemirror/state';
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { loadLanguage } from '../drawing/languages';
import { createSafeRegistry } from '../drawing/safe';
import type { ICellVersion, IDeletedCell, IVersion } from '../server/contract';
import { clear, createButton, formatDistance, formatMoment, h } from '../shared/dom';
import { NbvcError } from '../shared/error';
import type { Keys } from '../shared/keys';
import { asksForKeys, showKeys } from '../shared/keys';
import type { IChoice } from '../shared/menu';
import { openChoices } from '../shared/menu';
import type { ICell } from '../shared/notebook';
import { findMimetype } from '../shared/notebook';
import { rove, SIDEWAYS } from '../shared/roving';
import { formatAuthor, formatTitle } from '../versions/naming';
import { Cells } from './cells';
import type { AskChanges } from './changes';
import { Changes, formatChange } from './changes';
import type { Ask, IWholeVersion } from './contents';
import { Contents, findNewCells } from './contents';
import { drawAuthor, VersionsList } from './list';
import { findShownParents } from './lanes';
import { isSave, withoutRepeats } from './rows';

export interface IHistoryOptions {
  trans: TranslationBundle;
  rendermime: IRenderMimeRegistry;
  languages: IEditorLanguageRegistry | null;
  versions: () => Promise<IVersion[]>;
  content: Ask;
  changes: AskChanges;
  /** Compare a version with what is there now. */
  compare: (version: IVersion) => void;
  /** Show what changed in a version since another; null for a first version. */
  showChange: (version: IVersion, parent: IVersion | null) => void;
  choose: (version: IVersion) => void;
  /** Give a checkpoint a name; resolves with whether it has one. */
  rename: (version: IVersion) => Promise<boolean>;
  pin: (version: IVersion) => Promise<boolean>;
  remove: (version: IVersion) => Promise<boolean>;
  restore: (version: IVersion) => Promise<boolean>;
  /** Save a version as a notebook of its own and open it. */
  copy: (version: IVersion, content: IWholeVersion) => Promise<void>;
  download: (version: IVersion, content: IWholeVersion) => void;
  copyCell: (cell: ICell) => void;
  insertCell: ((cell: ICell) => void) | null;
  /** Mark in the open notebook what changed since a version; null if it is not open. */
  mark: ((version: IVersion) => void) | null;
  /** Read the cells of old versions that the last one lacks. */
  deleted: () => Promise<IDeletedCell[]>;
  /** The one cell whose versions are shown; null for all versions. */
  cell: IOneCell | null;
}

/** A cell, by what a person calls it, and the versions that changed it. */
export interface IOneCell {
  name: string;
  trace: () => Promise<ICellVersion[]>;
}

/** Milliseconds for which each version is shown while the history plays. */
const PACE = 900;
/** How many of the newest versions say from the start what changed. */
const FIRST = 12;
/** The least width in pixels for the list beside the notebook. */
const NARROW = 760;

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
  private readonly _play: HTMLButtonElement;
  private readonly _listToggle: HTMLButtonElement;
  private readonly _cells: Cells;
  private readonly _list: VersionsList;
  private readonly _contents: Contents;
  private readonly _changes: Changes;
  private readonly _resizing: ResizeObserver;
  private _isNarrow = false;
  private _versions: IVersion[] = [];
  /** All versions; `_versions` are those that changed the cell, if there is one. */
  private _all: IVersion[] = [];
  private _loading: Promise<void> = Promise.resolve();
  private _cell: IOneCell | null;
  /** The place of the cell in each version that changed it. */
  private _places: ReadonlyMap<string, number> | null = null;
  private _timer = 0;
  private _wanted = -1;
  private _busy: Promise<void> | null = null;
  private _code: Extension = [];

  constructor(private readonly _options: IHistoryOptions) {
    super();
    this.addClass('nbvc-History');
    const { trans } = _options;
    this._cell = _options.cell;
    this._contents = new Contents(_options.content);
    this._changes = new Changes(_options.changes, ids => this._list.update(ids));
    const withVersion = (act: (version: IVersion) => void) => (index: number) => {
      const version = this._versions[index];
      if (version) {
        act(version);
      }
    };
    this._list = new VersionsList(trans, {
      choose: index => {
        this._stop();
        this._go(index);
      },
      openMenu: (index, anchor) => this._openMenu(this._versions[index], anchor),
      remove: withVersion(version => void this._edit(version, _options.remove)),
      rename: withVersion(version => void this._edit(version, _options.rename)),
      want: ids => void this._changes.want(ids),
      describe: id => {
        const change = this._changes.get(id);
        return {
          text: change ? formatChange(change, trans) : '',
          isCode: Boolean(change?.before ?? change?.after)
        };
      }
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
    this._listToggle = createButton(trans.__('List'), 'nbvc-Toggle', () =>
      this._setListed(!this.node.classList.contains('nbvc-mod-listed'))
    );
    this._setListed(true);
    this._play = this._createStep(trans.__('Play'), '▶', () => this._toggle());
    if (this._cell) {
      this._list.node.prepend(this._drawScope(this._cell));
    }
    // Read aloud, the version comes before the list; on the screen the list is at the left.
    const body = h('div', { class: 'nbvc-History-body' }, this._cells.node, this._list.node);
    const head = h('div', { class: 'nbvc-History-head' }, this._caption, this._drawActions());
    this.node.append(this._drawBar(), head, body);
    this._resizing = new ResizeObserver(() => this._onWidth());
    this._resizing.observe(this.node);
    this.node.addEventListener('keydown', event => {
      if (asksForKeys(event)) {
        event.preventDefault();
        void this._showKeys();
      }
    });
    this._setState('loading');
  }

  /** Load the versions; show the newest, or the one that was shown. */
  refresh(keep = false): Promise<void> {
    this._loading = this._load(keep);
    return this._loading;
  }

  /** Show the cells that the last version lacks, in place of a version. */
  async showDeleted(): Promise<void> {
    const { trans, deleted } = this._options;
    await this._loading;
    this._stop();
    try {
      const found = await deleted();
      const byId = new Map(this._all.map(version => [version.id, version]));
      const origins = found.map(({ version }) => {
        const one = byId.get(version);
        return one
          ? trans.__('Deleted in “%1”, %2', formatTitle(one, trans), formatMoment(one.time))
          : trans.__('Deleted');
      });
      const cells = found.map(({ cell }) => cell);
      this._cells.show(cells, origins);
      this._cells.mark(new Set());
      this._caption.replaceChildren(
        h('strong', {}, trans._n('%1 deleted cell', '%1 deleted cells', found.length)),
        h(
          'span',
          {},
          found.length
            ? trans.__('Copy or insert a cell to have it back. Choose a version to leave.')
            : trans.__('No version has a cell that this notebook lacks.')
        )
      );
      delete this.node.dataset.nbvcShown;
      this.node.classList.add('nbvc-mod-deleted');
      this._setState('ready');
    } catch (error) {
      this._fail(error);
    }
  }

  private _drawScope(cell: IOneCell): HTMLElement {
    const { trans } = this._options;
    const node = h(
      'div',
      { class: 'nbvc-History-scope' },
      h('span', { title: cell.name }, trans.__('Changes of'), ' ', h('code', {}, cell.name)),
      createButton(trans.__('All versions'), '', () => {
        this._cell = this._places = null;
        node.remove();
        void this.refresh(true);
      })
    );
    return node;
  }

  private async _load(keep: boolean): Promise<void> {
    this._setState('loading');
    try {
      const shown = this._current?.id;
      const [versions, traced] = await Promise.all([
        this._options.versions(),
        this._cell?.trace() ?? null
      ]);
      this._places = traced && new Map(traced.map(({ id, cell }) => [id, cell]));
      const every = versions.reverse();
      const parentsOf = new Map(every.map(({ id, parents }) => [id, parents]));
      const listed = withoutRepeats(every);
      const ids = new Set(listed.map(({ id }) => id));
      this._all = listed.map(version => ({
        ...version,
        parents: findShownParents(version.id, parentsOf, id => ids.has(id))
      }));
      this._versions = this._all.filter(({ id }) => this._places?.has(id) ?? true);
      this._slider.max = String(Math.max(this._versions.length - 1, 0));
      this._list.show(this._versions, this._all);
      if (!this._versions.length) {
        this._describeNone();
        this._setState('ready');
        return;
      }
      const again = this._versions.findIndex(version => version.id === shown);
      this._wanted = again >= 0 && keep ? again : this._versions.length - 1;
      delete this.node.dataset.nbvcShown;
      // What the newest ones changed comes with the list, or the rows would jump.
      await this._changes.want(this._versions.slice(-FIRST).map(version => version.id));
      await this._showWanted();
    } catch (error) {
      this._fail(error);
    }
  }

  override dispose(): void {
    this._stop();
    this._resizing.disconnect();
    this._list.dispose();
    this._cells.dispose();
    super.dispose();
  }

  private get _current(): IVersion | undefined {
    return this._versions[this._wanted];
  }

  private _showKeys(): Promise<void> {
    const { trans } = this._options;
    const keys: Keys = [
      ['↑, ↓', trans.__('in the list: newer and older version; in the notebook: cells')],
      ['←, →', trans.__('on the slider: older and newer version')],
      ['Home, End', trans.__('first and last')],
      ['F2', trans.__('in the list: name the checkpoint')],
      ['Del', trans.__('in the list: delete the checkpoint')]
    ];
    return showKeys(trans.__('Keys of the history'), keys, trans);
  }

  /** A narrow view has its list in a drawer, which is closed at first. */
  private _onWidth(): void {
    const isNarrow = this.node.clientWidth > 0 && this.node.clientWidth < NARROW;
    if (isNarrow !== this._isNarrow) {
      this._isNarrow = isNarrow;
      this._setListed(!isNarrow);
    }
  }

  private _setListed(listed: boolean): void {
    this.node.classList.toggle('nbvc-mod-listed', listed);
    this._listToggle.setAttribute('aria-pressed', String(listed));
  }

  private _drawBar(): HTMLElement {
    const { trans } = this._options;
    const bar = h(
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
      this._number,
      this._createToggle(
        trans.__('Changed cells only'),
        trans.__('Changed'),
        'nbvc-mod-onlyChanged'
      ),
      this._listToggle
    );
    rove(bar, 'button.nbvc-History-step', SIDEWAYS);
    return bar;
  }

  private _drawActions(): HTMLElement {
    const { trans, compare, restore, copy } = this._options;
    const act = (label: string, short: string, work: (version: IVersion) => unknown) => {
      const node = createButton(
        label,
        'nbvc-History-act',
        () => this._current && void work(this._current),
        label
      );
      // There is room for a word only in a narrow view.
      node.dataset.nbvcShort = short;
      return node;
    };
    const openCopy = act(trans.__('Open a copy'), trans.__('Copy'), this._withContent(copy));
    // A narrow view has it in the menu alone.
    openCopy.classList.add('nbvc-mod-wide');
    const more = createButton(trans.__('More'), 'nbvc-History-more', () =>
      this._openMenu(this._current, more)
    );
    more.textContent = '⋯';
    more.title = trans.__('Other things to do with this version');
    more.setAttribute('aria-haspopup', 'menu');
    const actions = h(
      'div',
      { class: 'nbvc-History-actions', role: 'toolbar', 'aria-label': trans.__('Version') },
      act(trans.__('What changed here'), trans.__('Changes'), () => this._showChange()),
      act(trans.__('Compare with now'), trans.__('Compare'), compare),
      act(trans.__('Restore this version'), trans.__('Restore'), restore),
      openCopy,
      more
    );
    rove(actions, 'button', SIDEWAYS);
    return actions;
  }

  /** Compare the current version with the one that it was made from; of a merge, ask with which. */
  private _showChange(): void {
    const version = this._current;
    if (!version) {
      return;
    }
    const { trans, showChange } = this._options;
    const parents = this._findParents(version);
    if (parents.length < 2) {
      showChange(version, parents[0] ?? null);
      return;
    }
    const button = this.node.querySelector<HTMLElement>('.nbvc-History-act') ?? this.node;
    openChoices(
      button,
      parents.map(parent => ({
        label: trans.__('Since %1', `${formatTitle(parent, trans)} (${parent.short})`),
        act: () => showChange(version, parent)
      }))
    );
  }

  private _findParents(version: IVersion): IVersion[] {
    return version.parents.flatMap(id => this._all.filter(other => other.id === id));
  }

  /** Return an act on a version that needs all its cells. */
  private _withContent(
    work: (version: IVersion, content: IWholeVersion) => Promise<void> | void
  ): (version: IVersion) => Promise<void> {
    return async version => {
      try {
        await work(version, await this._contents.get(version));
      } catch (error) {
        this._fail(error);
      }
    };
  }

  private _openMenu(version: IVersion | undefined, anchor: HTMLElement): void {
    if (!version) {
      return;
    }
    const { trans, compare, choose, copy, download, rename, pin, remove, mark } = this._options;
    const withContent =
      (work: (version: IVersion, content: IWholeVersion) => Promise<void> | void) => () =>
        this._withContent(work)(version);
    const item = (label: string, act: () => unknown): IChoice => ({
      label,
      act: () => void act()
    });
    const isCheckpoint = version.kind === 'checkpoint';
    openChoices(anchor, [
      item(trans.__('Compare with now'), () => compare(version)),
      item(trans.__('Compare with…'), () => choose(version)),
      item(trans.__('Open a copy'), withContent(copy)),
      item(trans.__('Download'), withContent(download)),
      ...(mark
        ? [item(trans.__('Mark what changed since, in the margin'), () => mark(version))]
        : []),
      item(trans.__('Deleted cells…'), () => this.showDeleted()),
      item(trans.__('Keys… (?)'), () => this._showKeys()),
      ...(isCheckpoint
        ? [
            null,
            item(trans.__('Name this checkpoint… (F2)'), () => this._edit(version, rename)),
            item(
              version.pinned
                ? trans.__('Unpin this checkpoint')
                : trans.__('Pin this checkpoint'),
              () => this._edit(version, pin)
            ),
            item(trans.__('Delete this checkpoint… (Del)'), () => this._edit(version, remove))
          ]
        : [])
    ]);
  }

  /** Change a checkpoint, and load the list again if it was changed. */
  private async _edit(
    version: IVersion,
    act: (version: IVersion) => Promise<boolean>
  ): Promise<void> {
    if (version.kind === 'checkpoint' && (await act(version))) {
      await this.refresh(true);
      this._list.focus();
    }
  }

  /** Create a button that toggles a class of the view. */
  private _createToggle(label: string, short: string, name: string): HTMLButtonElement {
    const node = createButton(label, 'nbvc-Toggle', () => {
      const now = this.node.classList.toggle(name);
      node.setAttribute('aria-pressed', String(now));
      this._cells.reveal();
    });
    node.dataset.nbvcShort = short;
    node.setAttribute('aria-pressed', 'false');
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
    this.node.classList.remove('nbvc-mod-deleted');
    this.node.dataset.nbvcShown = version.id;
    this._setState('ready');
    void this._markChanged(index, content).catch(() => undefined);
  }

  /** Mark what is new since the version before, then fetch the versions beside it. */
  private async _markChanged(index: number, content: IWholeVersion): Promise<void> {
    const { trans } = this._options;
    const before = this._findParents(this._versions[index])[0];
    const old = before && (await this._contents.get(before).catch(() => null));
    if (this.isDisposed || this._versions[index]?.id !== this.node.dataset.nbvcShown) {
      return; // the slider has moved on
    }
    const changed = old
      ? findNewCells(content.notebook.cells, old.notebook.cells)
      : new Set<ICell>();
    this._cells.mark(changed);
    const own = this._places?.get(this._versions[index].id);
    if (own === undefined) {
      this._cells.reveal();
    } else {
      this._cells.pointOut(own);
    }
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
      h('strong', { title: version.message }, this._nameVersion(version)),
      ...(version.kind === 'commit' ? [h('code', {}, version.short)] : []),
      ...(version.pinned ? [h('span', {}, trans.__('pinned'))] : []),
      drawAuthor(formatAuthor(version.author)),
      h('span', {}, `${formatMoment(version.time)} (${formatDistance(version.time)})`),
      this._count
    );
  }

  /** Name a version by its message, a save by what changed. */
  private _nameVersion(version: IVersion): string {
    const { trans } = this._options;
    const change = isSave(version) && this._changes.get(version.id);
    return change ? formatChange(change, trans) : formatTitle(version, trans);
  }

  private _describeNone(): void {
    const { trans } = this._options;
    if (this._cell) {
      this._caption.replaceChildren(
        h('strong', {}, trans.__('No version has changed this cell.'))
      );
      return;
    }
    this._caption.replaceChildren(
      h('strong', {}, trans.__('This notebook has no commit and no checkpoint yet.')),
      h('span', {}, trans.__('Each save makes a checkpoint; a commit keeps it for good.'))
    );
    this.node.classList.add('nbvc-mod-empty');
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
