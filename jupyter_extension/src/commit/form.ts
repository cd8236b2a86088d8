/** The form of the commit dialog: message, changes, branch and remote. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { hasNotebookChanged } from '../diff/rows';
import { countChanges, listChanges } from '../diff/summary';
import { formatCounts, formatMark } from '../diff/words';
import type { IDiffAnswer } from '../server/comparing';
import type { IRepositoryStatus, Status } from '../server/contract';
import { h } from '../shared/dom';
import type { Finishing } from './words';
import { describeFinishing, isFinishing, suggestMessage } from './words';

export interface IChoices {
  message: string;
  push: boolean;
  branch: string | null;
  remote: string | null;
  outputs: 'keep' | 'strip';
  /** Whether the next commits of this notebook do the same with outputs. */
  remember_outputs: boolean;
}

/** Changes listed one by one; the others are counted. */
const LISTED = 6;

export class CommitForm {
  readonly node = h('div', { class: 'nbvc-Commit-form' });
  readonly message: HTMLTextAreaElement;
  onChange: () => void = () => undefined;
  /** Called if other outputs would be committed. */
  onOutputs: () => void = () => undefined;
  private readonly _summary: HTMLElement;
  private readonly _branch: HTMLInputElement;
  private readonly _remote: HTMLSelectElement;
  private readonly _push: HTMLInputElement;
  private readonly _pushText: HTMLElement;
  private readonly _earlier = h('span', { class: 'nbvc-Muted' });
  private readonly _outputs: HTMLSelectElement;
  /** What commits of this notebook do with outputs. */
  private _proposed: string;
  private _repository: IRepositoryStatus | null = null;
  private _hasChanges: boolean | null = null;

  constructor(
    private readonly _trans: TranslationBundle,
    chosen: { message: string; push: boolean; outputs: 'keep' | 'strip' }
  ) {
    const trans = _trans;
    this.message = h('textarea', {
      class: 'nbvc-Commit-message jp-mod-styled',
      rows: 3,
      placeholder: trans.__('What did you change, and why?'),
      'aria-label': trans.__('Commit message'),
      'aria-keyshortcuts': 'Control+Enter'
    });
    this.message.value = chosen.message;
    this._summary = h(
      'div',
      { class: 'nbvc-Commit-summary', role: 'status' },
      h('span', { class: 'nbvc-Muted' }, trans.__('Looking at what has changed…'))
    );
    this._branch = h('input', {
      class: 'nbvc-Commit-branch jp-mod-styled',
      type: 'text',
      spellcheck: 'false',
      'aria-label': trans.__('Branch'),
      title: trans.__('Another name makes a new branch from here')
    });
    this._remote = h('select', {
      class: 'nbvc-Commit-remote jp-mod-styled',
      'aria-label': trans.__('Remote')
    });
    this._push = h('input', { type: 'checkbox', class: 'nbvc-Commit-push' });
    this._push.checked = chosen.push;
    this._pushText = h('span', {}, trans.__('Push to'));
    this._outputs = h(
      'select',
      { class: 'nbvc-Commit-outputs jp-mod-styled', 'aria-label': trans.__('Outputs') },
      h('option', { value: 'keep' }, trans.__('Keep outputs')),
      h('option', { value: 'strip' }, trans.__('Leave outputs out'))
    );
    this._outputs.value = this._proposed = chosen.outputs;
    this._outputs.addEventListener('change', () => this.onOutputs());
    this.node.append(
      this.message,
      this._summary,
      h(
        'div',
        { class: 'nbvc-Commit-choices' },
        h('label', {}, h('span', {}, trans.__('Branch')), this._branch),
        h('label', {}, h('span', {}, trans.__('Outputs')), this._outputs),
        h(
          'div',
          { class: 'nbvc-Commit-pushing' },
          h('label', {}, this._push, this._pushText),
          this._remote,
          this._earlier
        )
      )
    );
    this.node.addEventListener('input', () => this._update());
  }

  get choices(): IChoices {
    const branch = this._branch.value.trim();
    return {
      message: this.message.value.trim(),
      push: this._push.checked && this.canPush,
      branch: branch && branch !== this._repository?.branch ? branch : null,
      remote: this._remote.value || null,
      outputs: this._outputs.value === 'strip' ? 'strip' : 'keep',
      remember_outputs: this._outputs.value !== this._proposed
    };
  }

  /** Whether there is a remote, and a branch to push to it. */
  get canPush(): boolean {
    return Boolean(this._repository?.remotes.length && this._branch.value.trim());
  }

  /** Whether there is something to commit beside noise; null as long as that isn't known. */
  get hasChanges(): boolean | null {
    return this._hasChanges;
  }

  /** Whether commits were made that no remote has. */
  get hasUnpushed(): boolean {
    const { head, upstream, ahead } = this._repository ?? {};
    return Boolean(head) && (upstream ? Boolean(ahead) : this.canPush);
  }

  /** The operation that a commit finishes now: no conflict is left in this notebook. */
  get finishes(): Finishing | null {
    const { operation, state } = this._repository ?? {};
    return isFinishing(operation) && state !== 'unmerged' ? operation : null;
  }

  set disabled(disabled: boolean) {
    for (const field of this.node.querySelectorAll('textarea, input, select')) {
      field.toggleAttribute('disabled', disabled);
    }
    if (!disabled && this.finishes) {
      this._branch.disabled = this._outputs.disabled = true;
    }
    if (!disabled && !this.canPush) {
      this._push.disabled = this._remote.disabled = true;
    }
  }

  showStatus(status: Status): void {
    const { repository } = status;
    const { _trans: trans } = this;
    this._repository = repository;
    if (!repository) {
      return;
    }
    this._outputs.value = this._proposed = repository.outputs ?? this._proposed;
    this._branch.value = repository.branch ?? '';
    this._branch.placeholder = repository.branch ? '' : trans.__('none: name a new one');
    const upstream = repository.upstream?.split('/')[0];
    const remotes = [...repository.remotes].sort(
      (a, b) => Number(b === upstream) - Number(a === upstream)
    );
    this._remote.replaceChildren(...remotes.map(name => h('option', { value: name }, name)));
    this._remote.hidden = !remotes.length;
    if (this.finishes) {
      this.message.value ||= suggestMessage(this.finishes, trans);
      this._branch.disabled = this._outputs.disabled = true;
    }
    if (!remotes.length) {
      this._push.checked = false;
      this._push.disabled = true;
      this._pushText.textContent = trans.__('Nowhere to push: this repository has no remote');
    }
    this._update();
  }

  showDiff(answer: IDiffAnswer, unsaved: boolean): void {
    const { _trans: trans } = this;
    const isNew = answer.before.notebook === null;
    const cells = answer.after.notebook?.cells.length ?? 0;
    const counted = formatCounts(countChanges(answer.diff), trans);
    const text = isNew
      ? trans._n('New notebook with %1 cell', 'New notebook with %1 cells', cells)
      : counted || this._describeNoise(answer);
    this._hasChanges =
      isNew || counted !== '' || hasNotebookChanged(answer.diff, answer.noise.keys);
    const heading = h('div', { class: 'nbvc-Commit-counts' }, h('strong', {}, text));
    if (this.finishes) {
      heading.append(
        h('span', { class: 'nbvc-Muted' }, describeFinishing(this.finishes, trans))
      );
    }
    if (unsaved) {
      heading.append(
        h('span', { class: 'nbvc-Muted' }, trans.__('Unsaved changes are saved first'))
      );
    }
    this._summary.replaceChildren(heading, ...(isNew ? [] : this._drawItems(answer)));
  }

  showNoDiff(message: string): void {
    this._summary.replaceChildren(h('span', { class: 'nbvc-Muted' }, message));
  }

  private _describeNoise(answer: IDiffAnswer): string {
    const { _trans: trans } = this;
    const { metadata, notebook } = answer.diff;
    if (hasNotebookChanged(answer.diff, answer.noise.keys)) {
      return trans.__('Metadata of the notebook changed');
    }
    return answer.noise.cells || metadata.length || notebook.length
      ? trans.__('Only noise changed (counts, ids, timings)')
      : trans.__('No changes since the last commit');
  }

  private _drawItems(answer: IDiffAnswer): HTMLElement[] {
    const { _trans: trans } = this;
    const before = answer.before.notebook?.cells ?? [];
    const after = answer.after.notebook?.cells ?? [];
    const items = listChanges(answer.diff, before, after);
    const nodes = items
      .slice(0, LISTED)
      .map(item =>
        h(
          'div',
          { class: 'nbvc-Commit-item' },
          h(
            'span',
            { class: 'nbvc-Badge', 'data-nbvc-mark': item.mark },
            formatMark(item.mark, trans)
          ),
          h(
            'span',
            { class: 'nbvc-Outline-number' },
            (item.after.length ? item.after : item.before).join(', ')
          ),
          h('code', { class: 'nbvc-Outline-text' }, item.text || trans.__('empty cell'))
        )
      );
    const more = items.length - LISTED;
    if (more > 0) {
      nodes.push(h('div', { class: 'nbvc-Muted' }, trans.__('and %1 more', more)));
    }
    return nodes;
  }

  private _update(): void {
    const { _trans: trans, _repository: repository } = this;
    if (repository?.remotes.length) {
      const branch = this._branch.value.trim();
      const isNew = branch !== repository.branch || !repository.upstream;
      this._push.disabled = this._remote.disabled = !branch;
      this._pushText.textContent = !branch
        ? trans.__('A push needs a branch: name a new one')
        : isNew
          ? trans.__('Push, as a new branch, to')
          : trans.__('Push to');
      this._earlier.textContent = repository.ahead
        ? trans._n(
            'with %1 earlier commit that is not pushed yet',
            'with %1 earlier commits that are not pushed yet',
            repository.ahead
          )
        : '';
      this._remote.hidden = !branch;
    }
    this.onChange();
  }
}
