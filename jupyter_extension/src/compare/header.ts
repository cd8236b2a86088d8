/** The head of a comparison: both sides, the counts, and how the comparison is shown. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { isChange, layOut } from '../diff/rows';
import type { ICounts } from '../diff/summary';
import { countChanges, listChanges } from '../diff/summary';
import { countNoisy } from '../diff/noise';
import { chooseSign, formatMark, listCounts } from '../diff/words';
import type { IDiffAnswer, IDiffSide } from '../server/comparing';
import { createButton, createTextNodes, h } from '../shared/dom';
import { showNames } from '../shared/naming';
import type { IViewOptions } from '../shared/settings';
import { describeSide } from './side';

export interface IHeaderActions {
  next: () => void;
  previous: () => void;
  show: (entry: number) => void;
  refresh: () => void;
  keys: () => void;
  change: (view: Partial<IViewOptions>) => void;
  /** Show the changes of one kind only; null for all. */
  filter: (kind: keyof ICounts | null) => void;
  choose?: (side: 'before' | 'after') => void;
  restoreAll?: () => void;
}

type Toggle = 'layout' | 'markdown' | 'noise';

export class Header {
  readonly node = h('div', { class: 'nbvc-Compare-header' });
  readonly outline = h('nav', { class: 'nbvc-Compare-outline' });
  private readonly _sides = h('div', { class: 'nbvc-Compare-sides' });
  private readonly _summary: HTMLElement;
  private readonly _progress = h('span', { class: 'nbvc-Compare-progress' });
  private readonly _toggles: Record<Toggle, HTMLButtonElement>;
  private readonly _restore: HTMLButtonElement | null = null;
  private readonly _outlineButton: HTMLButtonElement;
  private readonly _steps: HTMLElement;
  private _kind: keyof ICounts | null = null;
  private _view: IViewOptions = { layout: 'side-by-side', rendered: false, noise: false };

  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _actions: IHeaderActions
  ) {
    const trans = _trans;
    this.outline.setAttribute('aria-label', trans.__('Outline of the changes'));
    this._summary = h('div', { class: 'nbvc-Compare-summary', role: 'status' });
    const toggle = (name: Toggle, label: string, title: string): HTMLButtonElement =>
      createButton(label, `nbvc-Toggle nbvc-Compare-${name}`, () => this.press(name), title);
    this._toggles = {
      layout: toggle('layout', trans.__('Side by side'), trans.__('One or two columns (u)')),
      markdown: toggle(
        'markdown',
        trans.__('Rendered'),
        trans.__('Markdown as a reader sees it (m)')
      ),
      noise: toggle(
        'noise',
        trans.__('Noise'),
        trans.__('Execution counts, IDs and timings that tools write (x)')
      )
    };
    this._outlineButton = createButton(
      trans.__('Outline'),
      'nbvc-Toggle nbvc-Compare-outlineToggle',
      () => this.toggleOutline(),
      trans.__('List of the changes (o)')
    );
    this._outlineButton.setAttribute('aria-pressed', 'true');
    this._steps = h(
      'div',
      { class: 'nbvc-Compare-steps', role: 'group', 'aria-label': trans.__('Changes') },
      createStepButton('↑', trans.__('Previous change'), 'p', _actions.previous),
      createStepButton('↓', trans.__('Next change'), 'n', _actions.next)
    );
    if (_actions.restoreAll) {
      this._restore = createButton(
        trans.__('Restore all…'),
        'nbvc-Compare-restore',
        _actions.restoreAll,
        trans.__(
          'Make the open notebook what it was before; what it is now becomes a checkpoint'
        )
      );
    }
    const bar = h(
      'div',
      { class: 'nbvc-Compare-bar' },
      this._summary,
      this._progress,
      h('span', { class: 'nbvc-Spacer' }),
      this._steps,
      this._outlineButton,
      this._toggles.layout,
      this._toggles.markdown,
      this._toggles.noise,
      createSignButton(
        '⟳',
        trans.__('Compare again'),
        'nbvc-Compare-refresh',
        _actions.refresh
      ),
      createSignButton('?', trans.__('Keys'), 'nbvc-Compare-keys', _actions.keys),
      this._restore
    );
    this.node.append(this._sides, bar);
  }

  show(answer: IDiffAnswer, view: IViewOptions, narrow: boolean): void {
    this._view = view;
    const { _trans: trans, _toggles: toggles } = this;
    this._sides.replaceChildren(
      this._drawSide(answer.before, 'before'),
      h('span', { class: 'nbvc-Compare-arrow', 'aria-hidden': 'true' }, '→'),
      this._drawSide(answer.after, 'after')
    );
    this._kind = null;
    this._drawSummary(answer, view.noise);
    toggles.layout.setAttribute('aria-pressed', String(view.layout === 'side-by-side'));
    // There is room for one column only.
    toggles.layout.hidden = toggles.layout.disabled = narrow;
    toggles.markdown.setAttribute('aria-pressed', String(view.rendered));
    toggles.noise.setAttribute('aria-pressed', String(view.noise));
    const noisy = countNoisy(answer.diff.cells, answer.noise.keys);
    const label = trans.__('Noise: %1', noisy);
    toggles.noise.textContent = label;
    toggles.noise.setAttribute('aria-label', label);
    toggles.noise.disabled = !noisy && !view.noise;
    this._drawOutline(answer);
    this.outline.classList.toggle('nbvc-mod-narrow', narrow);
    const rows = layOut(answer.diff, null);
    this._steps.hidden = !answer.diff.cells.some(isChange);
    if (this._restore) {
      // Without a notebook before, nothing can be restored.
      this._restore.disabled =
        answer.before.notebook === null || rows.every(row => row.kind === 'fold');
    }
    this.node.hidden = false;
  }

  /** Hide the header while the server works or after it failed. */
  hide(): void {
    this.node.hidden = this.outline.hidden = true;
  }

  progress(drawn: number, expected: number, failed: number): void {
    const { _trans: trans } = this;
    const texts = [
      drawn < expected && trans.__('%1 of %2 drawn', drawn, expected),
      failed && trans._n('%1 as text', '%1 as text', failed)
    ].filter(Boolean);
    this._progress.textContent = texts.join(', ');
  }

  press(name: Toggle): void {
    const { layout, rendered, noise } = this._view;
    if (this._toggles[name].disabled) {
      return;
    }
    switch (name) {
      case 'layout':
        this._actions.change({
          layout: layout === 'unified' ? 'side-by-side' : 'unified'
        });
        break;
      case 'markdown':
        this._actions.change({ rendered: !rendered });
        break;
      case 'noise':
        this._actions.change({ noise: !noise });
        break;
    }
  }

  toggleOutline(): void {
    const hidden = this.outline.classList.toggle('nbvc-mod-hidden');
    this._outlineButton.setAttribute('aria-pressed', String(!hidden));
  }

  /** Draw the counts as buttons: a press on one shows these changes alone, another press all. */
  private _drawSummary(answer: IDiffAnswer, noise: boolean): void {
    const { _trans: trans } = this;
    const counts = listCounts(countChanges(answer.diff), trans);
    const isNew = answer.before.notebook === null && answer.after.notebook !== null;
    const [first] = layOut(answer.diff, noise ? null : answer.noise.keys);
    if (isNew || (!counts.length && first?.kind !== 'notebook')) {
      this._summary.replaceChildren(...createTextNodes(formatSummary(answer, trans)));
      return;
    }
    const buttons = counts.map(([kind, text]) => {
      const node = createButton(
        text,
        'nbvc-Count',
        () => this._filter(kind),
        trans.__('Show these changes only')
      );
      node.dataset.nbvcMark = kind;
      node.setAttribute('aria-pressed', 'false');
      node.disabled = counts.length < 2;
      return node;
    });
    const parts: HTMLElement[] = buttons;
    if (first?.kind === 'notebook') {
      parts.push(h('span', {}, trans.__('notebook metadata changed')));
    }
    for (const part of parts.slice(0, -1)) {
      part.append(h('span', { class: 'nbvc-Unseen' }, ','));
    }
    this._summary.replaceChildren(...parts.flatMap(part => [part, ' ']));
  }

  private _filter(kind: keyof ICounts): void {
    this._kind = this._kind === kind ? null : kind;
    for (const node of this._summary.querySelectorAll<HTMLElement>('.nbvc-Count')) {
      node.setAttribute('aria-pressed', String(node.dataset.nbvcMark === this._kind));
    }
    this._actions.filter(this._kind);
  }

  private _drawSide(side: IDiffSide, which: 'before' | 'after'): HTMLElement {
    const { _trans: trans } = this;
    const choose = this._actions.choose;
    const { subject, facts, title } = describeSide(side, trans);
    const node = choose
      ? h('button', { type: 'button', class: 'nbvc-Compare-side' })
      : h('div', { class: 'nbvc-Compare-side' });
    node.classList.add(`nbvc-mod-${which}`);
    const name = which === 'before' ? trans.__('Before') : trans.__('After');
    node.append(
      h('span', { class: 'nbvc-Compare-which' }, name),
      h('span', { class: 'nbvc-Compare-label' }, subject),
      h(
        'span',
        { class: 'nbvc-Compare-facts' },
        ...facts.map(fact => h('span', { class: 'nbvc-Compare-fact' }, fact))
      )
    );
    node.title = showNames(
      choose ? `${title}\n\n${trans.__('Choose another version')}` : title
    );
    if (choose) {
      node.append(h('span', { class: 'nbvc-Compare-caret', 'aria-hidden': 'true' }, '▾'));
      node.addEventListener('click', () => choose(which));
    }
    return node;
  }

  private _drawOutline(answer: IDiffAnswer): void {
    const before = answer.before.notebook?.cells ?? [];
    const after = answer.after.notebook?.cells ?? [];
    const items = listChanges(answer.diff, before, after).map(item => {
      const number = (item.after.length ? item.after : item.before).join(', ');
      const name = item.text || this._trans.__('empty cell');
      const node = createButton(`${number} ${name}`, 'nbvc-Outline-item', () =>
        this._actions.show(item.entry)
      );
      node.replaceChildren(
        h('span', { class: 'nbvc-Badge', 'data-nbvc-mark': item.mark }, chooseSign(item.mark)),
        h('span', { class: 'nbvc-Outline-number' }, number),
        h('span', { class: 'nbvc-Outline-text' }, name)
      );
      const said = `${formatMark(item.mark, this._trans)} ${number}: ${name}`;
      node.setAttribute('aria-label', showNames(said));
      node.title = item.moved
        ? this._trans.__('moved %1 → %2', item.before[0], item.after[0])
        : '';
      return node;
    });
    this.outline.replaceChildren(...items);
    this.outline.hidden = items.length < 2;
    this._outlineButton.hidden = items.length < 2;
  }
}

function createStepButton(
  text: string,
  label: string,
  key: string,
  act: () => void
): HTMLButtonElement {
  const node = createSignButton(text, label, 'nbvc-Compare-step', act);
  node.title = `${label} (${key})`;
  node.setAttribute('aria-keyshortcuts', key);
  return node;
}

/** Create a button with a sign, whose label is its title. */
function createSignButton(
  text: string,
  label: string,
  className: string,
  act: () => void
): HTMLButtonElement {
  const node = createButton(label, className, act, label);
  node.textContent = text;
  return node;
}

/** Return the words for a comparison that has nothing to count. */
function formatSummary(answer: IDiffAnswer, trans: TranslationBundle): string {
  const cells = answer.after.notebook?.cells.length ?? 0;
  if (answer.before.notebook === null && answer.after.notebook !== null) {
    return trans._n('New notebook with %1 cell', 'New notebook with %1 cells', cells);
  }
  return answer.noise.cells
    ? trans._n(
        'No changes but noise in %1 cell',
        'No changes but noise in %1 cells',
        answer.noise.cells
      )
    : trans.__('No changes');
}
