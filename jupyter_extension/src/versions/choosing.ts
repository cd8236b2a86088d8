/** A dialog that lists the versions of a notebook, to choose one. */
import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import * as server from '../server/calls';
import type { IVersion } from '../server/contract';
import { formatDistance, formatMoment, h } from '../shared/dom';
import { NbvcError } from '../shared/error';
import type { IServices } from '../shared/services';
import type { End } from './naming';
import { findSide, formatTitle, isMatch } from './naming';

const MOST = 500;

/** What is asked, what the button says, and what is offered above the versions. */
export interface IAsking {
  title: string;
  accept: string;
  first: { label: string; end: End } | null;
}

/** Ask for a version to compare with; null if the dialog was cancelled. */
export function chooseVersion(
  services: IServices,
  path: string,
  offerNow = false
): Promise<End | null> {
  const { trans } = services;
  return askForVersion(services, path, {
    title: trans.__('Compare with…'),
    accept: trans.__('Compare'),
    first: offerNow ? { label: trans.__('Now'), end: { side: 'now' } } : null
  });
}

/** Ask for a version; null if the dialog was cancelled. */
export async function askForVersion(
  services: IServices,
  path: string,
  { title, accept, first }: IAsking
): Promise<End | null> {
  const { trans } = services;
  const body = new VersionList(path, first, trans);
  const dialog = new ChoosingDialog(body, {
    title,
    body,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: accept })
    ],
    focusNodeSelector: '.nbvc-Versions-filter'
  });
  body.accepted = () => dialog.resolve(1);
  const result = await dialog.launch();
  return result.button.accept ? body.end : null;
}

/** A dialog that takes nothing as long as no version is chosen. */
class ChoosingDialog extends Dialog<unknown> {
  constructor(
    private readonly _list: VersionList,
    options: Partial<Dialog.IOptions<unknown>>
  ) {
    super(options);
  }

  override resolve(index?: number): void {
    if ((index ?? 1) !== 1 || this._list.end) {
      super.resolve(index);
    }
  }
}

class VersionList extends Widget {
  accepted: () => void = () => undefined;
  private readonly _list: HTMLElement;
  private readonly _filter: HTMLInputElement;
  private _versions: IVersion[] = [];
  private _chosen = 0;

  constructor(
    path: string,
    private readonly _first: IAsking['first'],
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('nbvc-Versions');
    this._filter = h('input', {
      class: 'nbvc-Versions-filter jp-mod-styled',
      type: 'search',
      placeholder: _trans.__('Filter by message, author or ID'),
      'aria-label': _trans.__('Filter the versions'),
      role: 'combobox',
      'aria-expanded': 'true',
      'aria-controls': 'nbvc-versions-list'
    });
    this._list = h(
      'div',
      { id: 'nbvc-versions-list', class: 'nbvc-Versions-list', role: 'listbox', tabindex: '0' },
      h('p', { class: 'nbvc-Versions-empty' }, _trans.__('Looking for versions…'))
    );
    this._list.setAttribute('aria-label', _trans.__('Versions, newest first'));
    this.node.append(this._filter, this._list);
    this._filter.addEventListener('input', () => this._show());
    this.node.addEventListener('keydown', event => this._onKey(event), true);
    void this._load(path);
  }

  get end(): End | null {
    const shown = this._filterVersions();
    if (this._first && this._chosen === 0) {
      return this._first.end;
    }
    const version = shown[this._chosen - (this._first ? 1 : 0)];
    return version
      ? { side: findSide(version), label: formatTitle(version, this._trans) }
      : null;
  }

  private async _load(path: string): Promise<void> {
    try {
      this._versions = (await server.listVersions(path, MOST)).versions;
      this._show();
    } catch (error) {
      const problem = NbvcError.from(error);
      const text = [problem.message, problem.hint].filter(Boolean).join(' ');
      this._list.replaceChildren(h('p', { class: 'nbvc-Problem', role: 'alert' }, text));
    }
  }

  private _filterVersions(): IVersion[] {
    return this._versions.filter(version => isMatch(version, this._filter.value));
  }

  private _show(): void {
    const { _trans: trans } = this;
    const options = this._filterVersions().map(version => drawOption(version, trans));
    if (this._first) {
      const text = h('span', { class: 'nbvc-Version-message' }, this._first.label);
      options.unshift(h('div', { class: 'nbvc-Version', role: 'option' }, text));
    }
    options.forEach((node, at) => {
      node.addEventListener('click', () => this._choose(at));
      node.addEventListener('dblclick', () => {
        this._choose(at);
        this.accepted();
      });
    });
    const none = this._versions.length
      ? trans.__('No version matches.')
      : trans.__('No checkpoint and no commit of this notebook yet.');
    this._list.replaceChildren(
      ...(options.length ? options : [h('p', { class: 'nbvc-Versions-empty' }, none)])
    );
    this._choose(0);
  }

  private _choose(at: number): void {
    const nodes = [...this._list.querySelectorAll<HTMLElement>('[role=option]')];
    this._chosen = Math.max(0, Math.min(nodes.length - 1, at));
    nodes.forEach((node, index) => {
      node.id = `nbvc-version-${index}`;
      node.setAttribute('aria-selected', String(index === this._chosen));
    });
    for (const told of [this._filter, this._list]) {
      told.setAttribute('aria-activedescendant', nodes[this._chosen]?.id ?? '');
    }
    nodes[this._chosen]?.scrollIntoView({ block: 'nearest' });
  }

  private _onKey(event: KeyboardEvent): void {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step) {
      event.preventDefault();
      this._choose(this._chosen + step);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      this.accepted();
    }
  }
}

function drawOption(version: IVersion, trans: TranslationBundle): HTMLElement {
  const kind = version.kind === 'commit' ? version.short : trans.__('checkpoint');
  return h(
    'div',
    {
      class: 'nbvc-Version',
      role: 'option',
      'data-nbvc-id': version.id,
      'data-nbvc-kind': version.kind,
      title: version.message
    },
    h('span', { class: 'nbvc-Version-message' }, formatTitle(version, trans)),
    h(
      'span',
      { class: 'nbvc-Version-details' },
      h('span', { class: `nbvc-Version-kind nbvc-mod-${version.kind}` }, kind),
      h('span', {}, version.author),
      h('span', { title: formatMoment(version.time) }, formatDistance(version.time))
    )
  );
}
