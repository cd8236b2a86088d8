/** The list of versions of a notebook by day, newest first, with a filter. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IVersion } from '../server/contract';
import { formatDistance, formatMoment, h } from '../shared/dom';
import { findHue, formatAuthor, formatDay, formatTitle, isMatch } from '../versions/naming';

export class VersionsList {
  readonly node: HTMLElement;
  private readonly _filter: HTMLInputElement;
  private readonly _list: HTMLElement;
  private _versions: readonly IVersion[] = [];
  private _options = new Map<number, HTMLElement>();
  private _chosen = -1;

  /** `chosen` gets the place of a version, oldest first. */
  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _choose: (index: number) => void
  ) {
    this._filter = h('input', {
      class: 'nbvc-History-filter',
      type: 'search',
      placeholder: _trans.__('Filter by message, author, day or id'),
      'aria-label': _trans.__('Filter the versions')
    });
    this._list = h('div', {
      class: 'nbvc-History-list',
      role: 'listbox',
      tabindex: '0',
      'aria-label': _trans.__('Versions, newest first')
    });
    this.node = h('aside', { class: 'nbvc-History-side' }, this._filter, this._list);
    this._filter.addEventListener('input', () => this._draw());
    this._list.addEventListener('keydown', event => this._onKey(event));
  }

  set versions(versions: readonly IVersion[]) {
    this._versions = versions;
    this._draw();
  }

  /** Return the next version that matches the filter, -1 if there is none. */
  beside(index: number, step: 1 | -1): number {
    for (let at = index + step; at >= 0 && at < this._versions.length; at += step) {
      if (this._options.has(at)) {
        return at;
      }
    }
    return -1;
  }

  /** Return the first or the last version that matches the filter, -1 if there is none. */
  end(step: 1 | -1): number {
    return this.beside(step > 0 ? -1 : this._versions.length, step);
  }

  select(index: number): void {
    this._mark(this._chosen, false);
    this._chosen = index;
    this._mark(index, true);
    const option = this._options.get(index);
    if (option) {
      this._list.setAttribute('aria-activedescendant', option.id);
      option.scrollIntoView({ block: 'nearest' });
    }
  }

  private _mark(index: number, chosen: boolean): void {
    this._options.get(index)?.setAttribute('aria-selected', String(chosen));
  }

  private _draw(): void {
    this._options = new Map();
    const nodes: HTMLElement[] = [];
    let day = '';
    for (let at = this._versions.length - 1; at >= 0; at--) {
      const version = this._versions[at];
      if (!isMatch(version, this._filter.value)) {
        continue;
      }
      if (formatDay(version.time) !== day) {
        day = formatDay(version.time);
        nodes.push(h('div', { class: 'nbvc-History-day', role: 'presentation' }, day));
      }
      const option = this._drawOption(version, at);
      this._options.set(at, option);
      nodes.push(option);
    }
    const none = this._trans.__('No version matches.');
    this._list.replaceChildren(
      ...(nodes.length ? nodes : [h('p', { class: 'nbvc-History-none' }, none)])
    );
    this.select(this._chosen);
  }

  private _drawOption(version: IVersion, at: number): HTMLElement {
    const name = formatAuthor(version.author);
    const what = version.kind === 'commit' ? version.short : this._trans.__('checkpoint');
    const node = h(
      'div',
      {
        id: `nbvc-history-${version.kind}-${version.id}`,
        class: `nbvc-History-option nbvc-mod-${version.kind}`,
        role: 'option',
        'aria-selected': 'false',
        'data-nbvc-id': version.id,
        title: [version.message, name, formatMoment(version.time)].join('\n')
      },
      h('span', { class: 'nbvc-History-title' }, formatTitle(version, this._trans)),
      h(
        'span',
        { class: 'nbvc-History-facts' },
        drawAuthor(name),
        h('span', {}, formatDistance(version.time)),
        h('span', { class: 'nbvc-History-what' }, what)
      )
    );
    node.addEventListener('click', () => this._choose(at));
    return node;
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
        this._choose(at);
      }
    }
  }
}

/** Draw a name with the color of this author. */
export function drawAuthor(name: string): HTMLElement {
  const dot = h('span', { class: 'nbvc-History-dot', 'aria-hidden': 'true' });
  dot.style.background = `hsl(${findHue(name)} 60% 54%)`;
  return h('span', { class: 'nbvc-History-author' }, dot, name);
}
