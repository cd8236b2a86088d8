/** The list of versions of a notebook by day, newest first, with a filter. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IVersion } from '../server/contract';
import { formatMoment, formatTime, h } from '../shared/dom';
import { findHue, formatAuthor, formatTitle } from '../versions/naming';
import type { ILanes, INode } from './lanes';
import { drawLanes, findShownParents, layOutLanes, measureLanes } from './lanes';
import type { HistoryRow, ISavesRow } from './rows';
import { isSave, layOutHistory } from './rows';

export interface IListActions {
  /** Show the version at a place, oldest first. */
  choose: (at: number) => void;
  /** Open the menu of a version, at an element. */
  openMenu: (at: number, anchor: HTMLElement) => void;
  remove: (at: number) => void;
  rename: (at: number) => void;
  /** Ask what changed in versions whose rows are in sight. */
  want: (ids: string[]) => void;
  /** Return what changed in a version, in words or as code; empty if that is not known. */
  describe: (id: string) => { text: string; isCode: boolean };
}

export class VersionsList {
  readonly node: HTMLElement;
  private readonly _filter: HTMLInputElement;
  private readonly _list: HTMLElement;
  private readonly _seen: IntersectionObserver;
  private _versions: readonly IVersion[] = [];
  private _parents: ReadonlyMap<string, readonly string[]> = new Map();
  private _rows: readonly HistoryRow[] = [];
  private _options = new Map<number, HTMLElement>();
  /** The lines beside a version, by its place. */
  private _lanes = new Map<number, ILanes>();
  private _opened = new Set<string>();
  private _chosen = -1;

  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _actions: IListActions
  ) {
    this._filter = h('input', {
      class: 'nbvc-History-filter',
      type: 'search',
      placeholder: _trans.__('Filter by message, author, day or ID'),
      'aria-label': _trans.__('Filter the versions')
    });
    this._list = h('div', {
      class: 'nbvc-History-list',
      role: 'listbox',
      tabindex: '0',
      'aria-label': _trans.__('Versions, newest first')
    });
    this.node = h('aside', { class: 'nbvc-History-side' }, this._filter, this._list);
    this._seen = new IntersectionObserver(seen => this._onSeen(seen), {
      root: this._list,
      rootMargin: '300px'
    });
    this._filter.addEventListener('input', () => this._draw());
    this._list.addEventListener('keydown', event => this._onKey(event));
    this._list.addEventListener('contextmenu', event => this._onMenu(event));
  }

  /** Show some of all versions. */
  show(versions: readonly IVersion[], all: readonly IVersion[]): void {
    this._versions = versions;
    this._parents = new Map(all.map(({ id, parents }) => [id, parents]));
    this._draw();
  }

  focus(): void {
    this._list.focus();
  }

  dispose(): void {
    this._seen.disconnect();
  }

  /** Return the next version that matches the filter, -1 if there is none. */
  beside(index: number, step: 1 | -1): number {
    const places = this._places();
    const found = places.filter(at => (step > 0 ? at > index : at < index));
    return (step > 0 ? found[found.length - 1] : found[0]) ?? -1;
  }

  /** Return the first or the last version that matches the filter, -1 if there is none. */
  end(step: 1 | -1): number {
    return this.beside(step > 0 ? -1 : this._versions.length, step);
  }

  select(index: number): void {
    this._mark(this._chosen, false);
    this._chosen = index;
    const run = this._rows.find(
      row => row.kind === 'saves' && row.places.includes(index) && !this._isOpen(row)
    );
    if (run) {
      this._toggle(run as ISavesRow);
      return;
    }
    this._mark(index, true);
    const option = this._options.get(index);
    if (option) {
      this._list.setAttribute('aria-activedescendant', option.id);
      option.scrollIntoView({ block: 'nearest' });
    }
  }

  /** Draw the rows of versions of which something is known now. */
  update(ids: readonly string[]): void {
    for (const id of ids) {
      const at = this._versions.findIndex(version => version.id === id);
      const old = this._options.get(at);
      if (old) {
        const option = this._drawOption(this._versions[at], at);
        option.setAttribute('aria-selected', String(at === this._chosen));
        old.replaceWith(option);
        this._options.set(at, option);
      }
    }
  }

  private _places(): number[] {
    return this._rows.flatMap(row =>
      row.kind === 'version' ? [row.at] : row.kind === 'saves' ? row.places : []
    );
  }

  private _mark(index: number, chosen: boolean): void {
    this._options.get(index)?.setAttribute('aria-selected', String(chosen));
  }

  private _isOpen(row: ISavesRow): boolean {
    return this._opened.has(this._versions[row.places[0]].id);
  }

  private _toggle(row: ISavesRow): void {
    const { id } = this._versions[row.places[0]];
    if (!this._opened.delete(id)) {
      this._opened.add(id);
    }
    this._draw();
  }

  private _draw(): void {
    this._options = new Map();
    this._rows = layOutHistory(this._versions, this._filter.value);
    this._seen.disconnect();
    const nodes = this._drawRows();
    const none = this._trans.__('No version matches.');
    this._list.replaceChildren(
      ...(nodes.length ? nodes : [h('p', { class: 'nbvc-History-none' }, none)])
    );
    for (const option of this._options.values()) {
      this._seen.observe(option);
    }
    const chosen = this._options.get(this._chosen);
    if (chosen) {
      this.select(this._chosen);
    }
  }

  /** Draw all rows, with the lines that join them. */
  private _drawRows(): HTMLElement[] {
    const rows = this._rows.flatMap((row): HistoryRow[] =>
      row.kind === 'saves' && this._isOpen(row)
        ? [row, ...row.places.map((at): HistoryRow => ({ kind: 'version', at }))]
        : [row]
    );
    const shown = new Set(this._places().map(at => this._versions[at].id));
    const makeNode = (...places: number[]): INode => {
      const ids = places.map(at => this._versions[at].id);
      const find = (id: string) => findShownParents(id, this._parents, one => shown.has(one));
      return { ids, parents: ids.flatMap(find) };
    };
    const lanes = layOutLanes(
      rows.map(row =>
        row.kind === 'version'
          ? makeNode(row.at)
          : row.kind === 'saves' && !this._isOpen(row)
            ? makeNode(...row.places)
            : null
      )
    );
    this._list.style.setProperty('--nbvc-lanes', `${measureLanes(lanes)}px`);
    this._lanes = new Map();
    return rows.map((row, index) => {
      switch (row.kind) {
        case 'version':
          this._lanes.set(row.at, lanes[index]);
          return this._addOption(row.at);
        case 'saves':
          return withLanes(this._drawSaves(row), lanes[index]);
        case 'day':
          return withLanes(
            h('div', { class: 'nbvc-History-day', role: 'presentation' }, row.day),
            lanes[index]
          );
      }
    });
  }

  private _addOption(at: number): HTMLElement {
    const option = this._drawOption(this._versions[at], at);
    this._options.set(at, option);
    return option;
  }

  /** Draw one row for many saves: `12 saves, 10:02–11:40`. */
  private _drawSaves(row: ISavesRow): HTMLElement {
    const times = row.places.map(at => formatTime(this._versions[at].time));
    const [newest, oldest] = [times[0], times[times.length - 1]];
    const text = this._trans.__(
      '%1 saves, %2',
      row.places.length,
      oldest === newest ? newest : `${oldest}–${newest}`
    );
    const open = this._isOpen(row);
    const node = h(
      'div',
      { class: 'nbvc-History-saves', role: 'presentation', 'data-nbvc-open': String(open) },
      text
    );
    node.addEventListener('click', () => this._toggle(row));
    return node;
  }

  private _drawOption(version: IVersion, at: number): HTMLElement {
    const { _trans: trans } = this;
    const name = formatAuthor(version.author);
    const { text: change, isCode } = this._actions.describe(version.id);
    const style = `nbvc-History-change${isCode ? ' nbvc-mod-code' : ''}`;
    // A save has no words of its own: what changed is the best name for it.
    const isNamed = !isSave(version) || !change;
    const what = version.kind === 'commit' ? version.short : trans.__('checkpoint');
    const option = this._listen(
      at,
      h(
        'div',
        {
          id: `nbvc-history-${version.kind}-${version.id}`,
          class: `nbvc-History-option nbvc-mod-${version.kind}`,
          role: 'option',
          'aria-selected': 'false',
          'data-nbvc-id': version.id,
          title: [version.message, change, name, formatMoment(version.time)]
            .filter(Boolean)
            .join('\n')
        },
        h(
          'span',
          { class: 'nbvc-History-title' },
          version.pinned && h('span', { title: trans.__('Pinned: it is kept') }, '📌 '),
          h(
            'span',
            isNamed ? {} : { class: style },
            isNamed ? formatTitle(version, trans) : change
          )
        ),
        isNamed && change && h('span', { class: `${style} nbvc-Muted` }, change),
        h(
          'span',
          { class: 'nbvc-History-facts' },
          drawAuthor(name),
          h('span', {}, formatTime(version.time)),
          h('span', { class: 'nbvc-History-what' }, what)
        )
      )
    );
    return withLanes(option, this._lanes.get(at));
  }

  private _listen(at: number, node: HTMLElement): HTMLElement {
    node.addEventListener('click', () => this._actions.choose(at));
    return node;
  }

  private _onSeen(seen: readonly IntersectionObserverEntry[]): void {
    const ids = seen
      .filter(entry => entry.isIntersecting)
      .map(({ target }) => (target as HTMLElement).dataset.nbvcId ?? '');
    if (ids.length) {
      this._actions.want(ids);
    }
  }

  private _onMenu(event: MouseEvent): void {
    const option = (event.target as Element).closest<HTMLElement>('.nbvc-History-option');
    const [at, anchor] =
      [...this._options].find(([, node]) => node === option) ??
      [...this._options].find(([place]) => place === this._chosen) ??
      [];
    if (at !== undefined && anchor && !event.shiftKey) {
      event.preventDefault();
      event.stopPropagation();
      this._actions.choose(at);
      this._actions.openMenu(at, anchor);
    }
  }

  private _onKey(event: KeyboardEvent): void {
    const to: Record<string, () => number> = {
      ArrowDown: () => this.beside(this._chosen, -1),
      ArrowUp: () => this.beside(this._chosen, 1),
      Home: () => this.end(-1),
      End: () => this.end(1)
    };
    const at = to[event.key]?.();
    if (at !== undefined) {
      event.preventDefault();
      if (at >= 0) {
        this._actions.choose(at);
      }
    } else if (event.key === 'Delete') {
      this._actions.remove(this._chosen);
    } else if (event.key === 'F2') {
      this._actions.rename(this._chosen);
    }
  }
}

function withLanes(node: HTMLElement, lanes: ILanes | undefined): HTMLElement {
  if (lanes) {
    node.append(drawLanes(lanes));
  }
  return node;
}

/** Draw a name with the color of this author. */
export function drawAuthor(name: string): HTMLElement {
  const dot = h('span', { class: 'nbvc-History-dot', 'aria-hidden': 'true' });
  dot.style.background = `hsl(${findHue(name)} 60% 54%)`;
  return h('span', { class: 'nbvc-History-author' }, dot, name);
}
