/** The form of the commit dialog: message, changes, branch and remote. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { hasNotebookChanged } from '../diff/rows';
import { countChanges } from '../diff/summary';
import { formatCounts } from '../diff/words';
import type { IDiffAnswer } from '../server/comparing';
import { IdentityForm, RemoteForm } from '../project/forms';
import { suggestMessage, takesMessage } from '../project/words';
import type {
  IChangedCells,
  INamedBranch,
  IProject,
  IRepositoryStatus,
  IRunning,
  Status
} from '../server/contract';
import { createButton, h } from '../shared/dom';
import type { NbvcError } from '../shared/error';
import type { ICellActs } from './cells';
import { CellList } from './cells';
import type { Extent } from './choice';
import { CellChoice } from './choice';

export interface IChoices {
  message: string;
  push: boolean;
  branch: string | null;
  remote: string | null;
  outputs: 'keep' | 'strip';
  /** Whether the next commits of this notebook do the same with outputs. */
  remember_outputs: boolean;
}

/** What the menu of branches has for a new one: no branch can be called so. */
const NEW_BRANCH = ' ';

export class CommitForm {
  readonly node = h('div', { class: 'nbvc-Commit-form' });
  readonly message: HTMLTextAreaElement;
  onChange: () => void = () => undefined;
  /** Called if other outputs would be committed. */
  onOutputs: () => void = () => undefined;
  /** Which of the changed cells are committed. */
  readonly choice = new CellChoice();
  private readonly _summary: HTMLElement;
  private readonly _cells: CellList;
  private readonly _identity: IdentityForm;
  private readonly _place: RemoteForm;
  private readonly _branch: HTMLSelectElement;
  private readonly _newBranch: HTMLInputElement;
  private readonly _remote: HTMLSelectElement;
  private readonly _push: HTMLInputElement;
  private readonly _pushText: HTMLElement;
  private readonly _earlier = h('span', { class: 'nbvc-Muted' });
  private readonly _loose = h('p', { class: 'nbvc-Muted', role: 'status', hidden: true });
  private readonly _outputs: HTMLSelectElement;
  private readonly _others = h('div', { class: 'nbvc-Commit-others' });
  private _suggestion = '';
  /** What commits of this notebook do with outputs. */
  private _proposed: string;
  private _repository: IRepositoryStatus | null = null;
  private _hasChanges: boolean | null = null;

  /** `path` is the notebook's; `added` is called once there is a place to push to. */
  constructor(
    private readonly _trans: TranslationBundle,
    chosen: { message: string; push: boolean; outputs: 'keep' | 'strip' },
    private readonly _path: string,
    name: string,
    acts: Omit<ICellActs, 'changed'>,
    added: () => Promise<void>
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
    const cellActs = { ...acts, changed: () => this._update() };
    this._cells = new CellList(_trans, name, this.choice, cellActs, true);
    this._cells.node.hidden = true;
    this._branch = h('select', {
      class: 'nbvc-Commit-branch jp-mod-styled',
      'aria-label': trans.__('Branch')
    });
    this._newBranch = h('input', {
      class: 'nbvc-Commit-newBranch jp-mod-styled',
      type: 'text',
      spellcheck: 'false',
      placeholder: trans.__('Its name'),
      'aria-label': trans.__('Name of the new branch')
    });
    this._newBranch.hidden = true;
    this._branch.addEventListener('change', () => {
      this._newBranch.hidden = this._branch.value !== NEW_BRANCH;
      if (!this._newBranch.hidden) {
        this._newBranch.focus();
      }
    });
    this._identity = new IdentityForm(trans);
    this._identity.node.hidden = true;
    this._place = new RemoteForm(trans, () => _path, added);
    this._place.node.hidden = true;
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
      this._cells.node,
      this._others,
      h(
        'div',
        { class: 'nbvc-Commit-choices' },
        h('label', {}, h('span', {}, trans.__('Branch')), this._branch),
        this._newBranch,
        h('label', {}, h('span', {}, trans.__('Outputs')), this._outputs),
        h(
          'div',
          { class: 'nbvc-Commit-pushing' },
          h('label', {}, this._push, this._pushText),
          this._remote,
          this._earlier
        ),
        this._place.node
      ),
      this._loose,
      this._identity.node
    );
    this.node.addEventListener('input', () => this._update());
    this.message.addEventListener('keydown', event => this._onKey(event));
  }

  get choices(): IChoices {
    const branch = this._branchName;
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
    return Boolean(this._repository?.remotes.length && this._branchName);
  }

  /** The branch to commit on, empty for none. */
  private get _branchName(): string {
    const { value } = this._branch;
    return value === NEW_BRANCH ? this._newBranch.value.trim() : value;
  }

  /** Whether git knows who commits, or the form says so. */
  get isIdentified(): boolean {
    return this._identity.node.hidden || this._identity.isComplete;
  }

  /** Ask who commits. */
  askIdentity(): void {
    this._identity.node.hidden = false;
    this._identity.focus();
  }

  /** Tell git who commits, if the form asks for it. */
  async saveIdentity(): Promise<void> {
    if (!this._identity.node.hidden) {
      await this._identity.save(this._path);
      this._identity.node.hidden = true;
    }
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

  set disabled(disabled: boolean) {
    for (const field of this.node.querySelectorAll('textarea, input, select')) {
      field.toggleAttribute('disabled', disabled);
    }
    if (!disabled && !this.canPush) {
      this._push.disabled = this._remote.disabled = true;
    }
  }

  showStatus(status: Status): void {
    const { repository } = status;
    this._repository = repository;
    if (!repository) {
      return;
    }
    this._outputs.value = this._proposed = repository.outputs ?? this._proposed;
    this.showBranches([]);
    const upstream = repository.upstream?.split('/')[0];
    const remotes = [...repository.remotes].sort(
      (a, b) => Number(b === upstream) - Number(a === upstream)
    );
    this._remote.replaceChildren(...remotes.map(name => h('option', { value: name }, name)));
    this._remote.hidden = !remotes.length;
    if (!remotes.length) {
      this._push.checked = false;
    }
    this._place.node.hidden = remotes.length > 0;
    this._push.parentElement?.toggleAttribute('hidden', !remotes.length);
    this._update();
  }

  /** Offer the branches that there are: those here, and those that only a remote has. */
  showBranches(branches: readonly INamedBranch[]): void {
    const { _trans: trans } = this;
    const current = this._repository?.branch ?? '';
    const chosen = this._branch.value || current;
    const option = (value: string, text: string): HTMLElement => h('option', { value }, text);
    const others = branches.filter(branch => branch.name !== current);
    this._branch.replaceChildren(
      option(current, current || trans.__('no branch')),
      ...others.map(({ name, remote }) =>
        option(name, remote ? trans.__('%1 (on %2)', name, remote) : name)
      ),
      option(NEW_BRANCH, trans.__('New branch…'))
    );
    this._branch.value = chosen;
  }

  /** Show what the repository as a whole says: who commits, and what else has changed. */
  showProject(project: IProject, openPanel: (() => void) | null): void {
    const { _trans: trans } = this;
    this._identity.node.hidden = project.identity !== null;
    const own = this._repository?.path;
    const others = project.files.filter(file => file.name !== own).length + project.more;
    const text = trans._n('and %1 more changed file…', 'and %1 more changed files…', others);
    const label = others && openPanel ? createButton(text, 'nbvc-Link', openPanel) : null;
    this._others.replaceChildren(...(label ? [label] : []));
    this._suggestion = suggestMessage(
      project.files.filter(file => file.name === own),
      project.head,
      trans
    );
    this._suggest();
  }

  /** In an operation only the message is asked for; git has one already. */
  showRunning(running: IRunning | null): void {
    this.node.classList.toggle('nbvc-mod-running', running !== null);
    if (running) {
      this._suggestion = takesMessage(running) ? running.message : '';
      this._suggest();
      if (!takesMessage(running)) {
        this.message.placeholder = this._trans.__('Each commit keeps the message that it has');
      }
    }
  }

  private _suggest(): void {
    this.message.placeholder = this._suggestion
      ? this._trans.__('%1 (Tab takes this)', this._suggestion)
      : this._trans.__('What did you change, and why?');
  }

  private _onKey(event: KeyboardEvent): void {
    const isTab = event.key === 'Tab' && !event.shiftKey;
    if (isTab && this._suggestion && !this.message.value) {
      event.preventDefault();
      event.stopPropagation();
      this.message.value = this._suggestion;
      this._update();
    }
  }

  showDiff(answer: IDiffAnswer, unsaved: boolean): void {
    const { _trans: trans } = this;
    const isNew = answer.before.notebook === null;
    const cells = answer.after.notebook?.cells.length ?? 0;
    const counted = formatCounts(countChanges(answer.diff), trans);
    const text = isNew
      ? trans._n('New notebook with %1 cell', 'New notebook with %1 cells', cells)
      : counted || this._describeNoise(answer);
    const renamed = this._repository?.renamed_from;
    this._hasChanges =
      isNew ||
      Boolean(renamed) ||
      counted !== '' ||
      hasNotebookChanged(answer.diff, answer.noise.keys);
    const heading = h('div', { class: 'nbvc-Commit-counts' }, h('strong', {}, text));
    if (renamed) {
      heading.append(h('span', {}, trans.__('Renamed from %1', renamed)));
    }
    if (unsaved) {
      heading.append(
        h('span', { class: 'nbvc-Muted' }, trans.__('Unsaved changes are saved first'))
      );
    }
    this._summary.replaceChildren(heading);
  }

  /** Show the changed cells, of which some can be chosen; a new notebook is committed whole. */
  showCells(list: IChangedCells): void {
    const isEmpty = !list.cells.length && !list.notebook;
    this._cells.node.hidden = (list.is_new || isEmpty) && !list.partly_staged;
    this._cells.show(list, true);
  }

  showNoCells(error: NbvcError): void {
    this._cells.node.hidden = false;
    this._cells.showError(error);
  }

  /** How much of the notebook is ticked. */
  get extent(): Extent {
    return this.choice.extent(true, this._isPartlyStaged);
  }

  /** Whether the cells that are committed have to be named. */
  get isPicked(): boolean {
    return !this.choice.isWhole(true, this._isPartlyStaged);
  }

  private get _isPartlyStaged(): boolean {
    return this._repository?.state === 'partly staged';
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
      ? trans.__('Only noise changed (execution counts, IDs, timings)')
      : trans.__('No changes since the last commit');
  }

  private _update(): void {
    const { _trans: trans, _repository: repository } = this;
    this._loose.hidden = !repository || Boolean(this._branchName || repository.operation);
    this._loose.textContent = trans.__(
      'You are on no branch: the next switch takes such a commit out of sight. Name a new branch to keep it.'
    );
    if (repository?.remotes.length) {
      const branch = this._branchName;
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
