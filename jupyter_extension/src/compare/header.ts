/** The head of a comparison: both sides, the counts, and how the comparison is shown. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { isChange, layOut } from '../diff/rows';
import { countChanges, listChanges } from '../diff/summary';
import { formatCounts, formatMark } from '../diff/words';
import type { IDiffAnswer, IDiffSide } from '../server/comparing';
import { createButton, formatMoment, h } from '../shared/dom';
import { showNames } from '../shared/naming';
import type { IViewOptions } from '../shared/settings';
import { formatAuthor } from '../versions/naming';

export interface IHeaderActions {
  next: () => void;
  previous: () => void;
  show: (entry: number) => void;
  refresh: () => void;
  change: (view: Partial<IViewOptions>) => void;
  choose?: (side: 'before' | 'after') => void;
  restoreAll?: () => void;
}

type Toggle = 'layout' | 'markdown' | 'noise';

export class Header {
  readonly node = h('div', { class: 'nbvc-Compare-header' });
  readonly outline = h('nav', { class: 'nbvc-Compare-outline' });
  private readonly _sides = h('div', { class: 'nbvc-Compare-sides' });
  private readonly _ends = h('div', { class: 'nbvc-Compare-ends' });
  private readonly _summary: HTMLElement;
  private readonly _progress = h('span', { class: 'nbvc-Compare-progress' });
  private readonly _toggles: Record<Toggle, HTMLButtonElement>;
  private readonly _restore: HTMLButtonElement | null = null;
  private readonly _outlineButton: HTMLButtonElement;
  private readonly _steps: HTMLElement;
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
        trans.__('Show noise'),
        trans.__('Counts, ids and timings that tools write (x)')
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
      this._toggles.noise
    );
    this._ends.append(
      createSignButton('⟳', trans.__('Compare again'), 'nbvc-Compare-refresh', _actions.refresh)
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
      this._ends.append(this._restore);
    }
    this.node.append(h('div', { class: 'nbvc-Compare-top' }, this._sides, this._ends), bar);
  }

  show(answer: IDiffAnswer, view: IViewOptions, narrow: boolean): void {
    this._view = view;
    const { _trans: trans, _toggles: toggles } = this;
    this._sides.replaceChildren(
      this._drawSide(answer.before, 'before'),
      h('span', { class: 'nbvc-Compare-arrow', 'aria-hidden': 'true' }, '→'),
      this._drawSide(answer.after, 'after')
    );
    const { noise } = answer;
    this._summary.textContent = formatSummary(answer, trans, view.noise);
    toggles.layout.setAttribute('aria-pressed', String(view.layout === 'side-by-side'));
    // There is room for one column only.
    toggles.layout.hidden = toggles.layout.disabled = narrow;
    toggles.markdown.setAttribute('aria-pressed', String(view.rendered));
    toggles.noise.setAttribute('aria-pressed', String(view.noise));
    const noisy = noise.cells
      ? trans.__('Show noise (%1)', noise.cells)
      : trans.__('Show noise');
    toggles.noise.textContent = noisy;
    toggles.noise.setAttribute('aria-label', noisy);
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

  private _drawSide(side: IDiffSide, which: 'before' | 'after'): HTMLElement {
    const { _trans: trans } = this;
    const choose = this._actions.choose;
    const text =
      side.notebook === null ? trans.__('%1, without this notebook', side.label) : side.label;
    const label = h('span', { class: 'nbvc-Compare-label' }, text);
    const details = [formatAuthor(side.author), formatMoment(side.time)]
      .filter(Boolean)
      .join(', ');
    const node = choose
      ? h('button', { type: 'button', class: 'nbvc-Compare-side' })
      : h('div');
    node.classList.add('nbvc-Compare-side', `nbvc-mod-${which}`);
    node.append(
      h(
        'span',
        { class: 'nbvc-Compare-which' },
        which === 'before' ? trans.__('Before') : trans.__('After')
      ),
      label,
      details && h('span', { class: 'nbvc-Compare-details' }, details),
      side.message && side.message !== side.label
        ? h('span', { class: 'nbvc-Compare-message' }, side.message)
        : '',
      choose ? h('span', { class: 'nbvc-Compare-caret', 'aria-hidden': 'true' }, '▾') : ''
    );
    if (choose) {
      node.title = trans.__('Choose another version');
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
  const node = createSignButton(text, label, 'nbvc-Step', act);
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

/** Return the character for a kind of change. */
function chooseSign(mark: string): string {
  const signs: Record<string, string> = {
    changed: '~',
    added: '+',
    removed: '−',
    moved: '↕',
    split: '÷',
    joined: '∪'
  };
  return signs[mark] ?? '';
}

function formatSummary(answer: IDiffAnswer, trans: TranslationBundle, noise: boolean): string {
  const cells = answer.after.notebook?.cells.length ?? 0;
  if (answer.before.notebook === null && answer.after.notebook !== null) {
    return trans._n('New notebook with %1 cell', 'New notebook with %1 cells', cells);
  }
  const text = formatCounts(countChanges(answer.diff), trans);
  const [first] = layOut(answer.diff, noise ? null : answer.noise.keys);
  const parts = [
    text,
    first?.kind === 'notebook' && trans.__('notebook metadata changed')
  ].filter(Boolean);
  if (!parts.length) {
    return answer.noise.cells
      ? trans.__('No changes but noise in %1 cells', answer.noise.cells)
      : trans.__('No changes');
  }
  return parts.join(', ');
}
