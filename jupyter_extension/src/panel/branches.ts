/** The head of the panel: the branch with its menu, commits ahead and behind, and Get changes. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { describeDistance, formatDistance } from '../project/words';
import * as server from '../server/calls';
import type { IBranches, INamedBranch, IProject } from '../server/contract';
import { createButton, formatDistance as formatAge, h } from '../shared/dom';
import { NbvcError } from '../shared/error';
import { drawError } from '../drawing/problem';

export interface IBranchActs {
  path: () => string;
  change: (branch: INamedBranch, isNew: boolean) => void;
  get: () => void;
}

/** From so many branches on there is a field to filter them. */
const MANY = 8;

export class BranchMenu {
  readonly node: HTMLElement;
  private readonly _button: HTMLButtonElement;
  private readonly _name = h('span', { class: 'nbvc-Branch-name' });
  private readonly _distance = h('span', { class: 'nbvc-Branch-distance' });
  private readonly _get: HTMLButtonElement;
  private readonly _list = h('div', { class: 'nbvc-Branches', role: 'menu' });

  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _acts: IBranchActs
  ) {
    this._button = h(
      'button',
      {
        type: 'button',
        class: 'nbvc-Button nbvc-Branch',
        'aria-haspopup': 'menu',
        'aria-expanded': 'false'
      },
      this._name,
      h('span', { 'aria-hidden': 'true' }, '▾')
    );
    this._button.addEventListener('click', () => {
      if (this._list.hidden) {
        void this.open();
      } else {
        this.close();
      }
    });
    this._get = createButton(
      _trans.__('Get changes'),
      'nbvc-Branch-get',
      () => _acts.get(),
      _trans.__('Fetch what others pushed, and merge it with yours')
    );
    this._list.hidden = true;
    this._list.setAttribute('aria-label', _trans.__('Branches'));
    this.node = h(
      'header',
      { class: 'nbvc-Panel-head' },
      this._button,
      this._distance,
      h('span', { class: 'nbvc-Spacer' }),
      this._get,
      this._list
    );
    this.node.addEventListener('keydown', event => this._onKey(event));
    document.addEventListener('pointerdown', event => {
      if (!this._list.hidden && !this.node.contains(event.target as Node)) {
        this.close();
      }
    });
  }

  show(project: IProject): void {
    const { _trans: trans } = this;
    const name = project.branch ?? trans.__('no branch');
    this._name.textContent = name;
    this._button.setAttribute(
      'aria-label',
      trans.__('Branch %1: switch or begin another', name)
    );
    this._button.title = project.branch
      ? trans.__('Switch to another branch, or begin one')
      : trans.__('You are on no branch: commits here are easily lost. Begin one.');
    this._button.disabled = project.running !== null;
    this._distance.textContent = formatDistance(project);
    this._distance.title = describeDistance(project, trans);
    this._get.hidden = !project.remotes.length || project.running !== null;
  }

  async open(): Promise<void> {
    const { _trans: trans } = this;
    this._list.hidden = false;
    this._button.setAttribute('aria-expanded', 'true');
    this._list.replaceChildren(
      h('p', { class: 'nbvc-Muted' }, trans.__('Looking for branches…'))
    );
    try {
      this._draw(await server.listBranches(this._acts.path()));
    } catch (error) {
      this._list.replaceChildren(drawError(NbvcError.from(error), trans));
    }
  }

  close(): void {
    this._list.hidden = true;
    this._button.setAttribute('aria-expanded', 'false');
  }

  private _draw({ current, branches }: IBranches): void {
    const { _trans: trans } = this;
    const items = branches.map(branch => this._drawItem(branch, branch.name === current));
    const filter = h('input', {
      type: 'search',
      class: 'nbvc-Branches-filter jp-mod-styled',
      placeholder: trans.__('Filter'),
      'aria-label': trans.__('Filter the branches')
    });
    filter.addEventListener('input', () => {
      const wanted = filter.value.toLowerCase();
      items.forEach((item, at) => {
        item.hidden = !branches[at].name.toLowerCase().includes(wanted);
      });
    });
    this._list.replaceChildren(
      ...(branches.length > MANY ? [filter] : []),
      h('div', { class: 'nbvc-Branches-items' }, ...items),
      this._drawNew(),
      h(
        'p',
        { class: 'nbvc-Muted' },
        trans.__(
          'Unsaved work is saved first. Open notebooks then show what the other branch has.'
        )
      )
    );
    (branches.length > MANY ? filter : items.find(item => !item.disabled))?.focus();
  }

  private _drawItem(branch: INamedBranch, isCurrent: boolean): HTMLButtonElement {
    const { _trans: trans } = this;
    const item = h(
      'button',
      {
        type: 'button',
        class: 'nbvc-Branches-item',
        role: 'menuitemradio',
        'aria-checked': String(isCurrent),
        title: branch.subject
      },
      h('span', { class: 'nbvc-Branches-mark', 'aria-hidden': 'true' }, isCurrent ? '✓' : ''),
      h('span', { class: 'nbvc-Branches-name' }, branch.name),
      h(
        'span',
        { class: 'nbvc-Muted' },
        branch.remote ? trans.__('on %1', branch.remote) : formatAge(branch.time)
      )
    );
    item.disabled = isCurrent;
    item.addEventListener('click', () => {
      this.close();
      this._acts.change(branch, false);
    });
    return item;
  }

  private _drawNew(): HTMLElement {
    const { _trans: trans } = this;
    const field = h('input', {
      type: 'text',
      class: 'nbvc-Branches-new jp-mod-styled',
      placeholder: trans.__('Name of a new branch'),
      'aria-label': trans.__('Name of a new branch'),
      spellcheck: 'false'
    });
    const form = h(
      'form',
      { class: 'nbvc-Branches-form' },
      field,
      h('button', { type: 'submit', class: 'nbvc-Button' }, trans.__('Begin'))
    );
    form.addEventListener('submit', event => {
      event.preventDefault();
      const name = field.value.trim();
      if (name) {
        this.close();
        this._acts.change({ name, remote: null, time: '', subject: '' }, true);
      }
    });
    return form;
  }

  private _onKey(event: KeyboardEvent): void {
    if (this._list.hidden) {
      return;
    }
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      this.close();
      this._button.focus();
      return;
    }
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step) {
      event.preventDefault();
      const items = [
        ...this._list.querySelectorAll<HTMLButtonElement>(
          '.nbvc-Branches-item:not(:disabled):not([hidden])'
        )
      ];
      const at = items.indexOf(document.activeElement as HTMLButtonElement);
      items[Math.max(0, Math.min(items.length - 1, at + step))]?.focus();
    }
  }
}
