/** The work of the commit dialog: compare, commit, push, merge, and a next step if one fails. */
import type { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { saveCheckpoint } from '../compare/checkpoint';
import type { IWay } from '../compare/disk';
import { describeDisk, drawWays } from '../compare/disk';
import { drawError } from '../drawing/problem';
import { Waiting } from '../drawing/waiting';
import { askAboutNow, DiskChanged, findDisk } from '../live/disk';
import type { LiveNotebook } from '../live/document';
import { follow } from '../live/following';
import { drawOperation } from '../project/operation';
import { labelStep } from '../project/words';
import * as server from '../server/calls';
import type { IDiffAnswer } from '../server/comparing';
import type {
  CommitResult,
  IProject,
  IProjectFile,
  IPushResult,
  IRunning,
  Status,
  OperationStep
} from '../server/contract';
import { createButton, h } from '../shared/dom';
import { NbvcError } from '../shared/error';
import { tellChange } from '../shared/happened';
import type { IServices } from '../shared/services';
import { CommitForm } from './form';
import { describeStep, takeStep } from './operating';
import type { IPlace } from './picking';
import { discardChange, listNow, pickSaved, unstageCells } from './picking';
import * as say from './result';
import type { IActs, IForce, IStep } from './steps';
import { findCommitStep, findPullStep, findPushStep, hasPulled, hasPushed } from './steps';
import { findCommitSince } from './stopping';
import type { ICommitTarget } from './target';
import { drafts } from './target';
import { formatDone } from './words';

type State = 'loading' | 'ready' | 'working' | 'done' | 'failed';

export class CommitWork extends Widget implements Dialog.IBodyWidget<void> {
  finish: () => void = () => undefined;
  label: (button: 'accept' | 'reject', text: string, isOff: boolean) => void = () => undefined;
  settle: () => void = () => undefined;
  /** Called with what happened if all went well and nothing else is to be read. */
  succeed: (text: string) => void = () => undefined;
  rename: (title: string) => void = () => undefined;
  private readonly _form: CommitForm;
  private readonly _top = h('div', { class: 'nbvc-Commit-top' });
  private readonly _why = h('p', { class: 'nbvc-Muted nbvc-Commit-why', role: 'status' });
  private readonly _result = h('div', { class: 'nbvc-Commit-result', 'aria-live': 'polite' });
  private readonly _trans: TranslationBundle;
  private _status: Status | null = null;
  private _project: IProject | null = null;
  private _state: State = 'loading';
  private _abort: AbortController | null = null;
  private _committed: CommitResult | null = null;
  /** What the accept button does after something failed. */
  private _next: IStep | null = null;
  private readonly _acts: IActs = {
    commit: force => this._commit(force),
    push: () => this._push(),
    merge: () => this._merge(),
    commitAndMerge: () => this._commitAndMerge(),
    decide: name => this._decide(name)
  };

  constructor(
    private readonly _services: IServices,
    private readonly _target: ICommitTarget
  ) {
    super();
    this._trans = _services.trans;
    this.addClass('nbvc-Commit');
    const { commit } = _services.settings.current;
    const message = drafts.get(_target.path) ?? '';
    this._form = new CommitForm(
      this._trans,
      { message, ...commit },
      _target.path,
      _target.name,
      {
        discard: cell =>
          void this._changeCells(() => discardChange(_services, this._place, cell)),
        unstage: (cells, notebook) => {
          const state = this._form.choice.list?.state ?? '';
          void this._changeCells(() => unstageCells(this._place, state, cells, notebook));
        }
      },
      async () => {
        tellChange();
        await this.load();
      }
    );
    this._form.onChange = () => this._show(this._state);
    this._form.onOutputs = () => void this._showChanges(this._compare());
    this.node.append(this._top, this._form.node, this._why, this._result);
    this.node.addEventListener(
      'keydown',
      event => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          event.stopPropagation();
          this.accept();
        }
      },
      true
    );
    this._show('loading');
  }

  getValue(): void {
    return;
  }

  /** Load what would be committed and pushed; the message can be typed meanwhile. */
  async load(): Promise<void> {
    const { path } = this._target;
    try {
      const asked = server.readStatus(path);
      // The current branch and a new one can be chosen without the others.
      const branches = server.listBranches(path).catch(() => ({ branches: [] }));
      const compared = this._compare();
      compared.catch(() => undefined);
      this._status = await asked;
      this._form.showStatus(this._status);
      const { repository, reason } = this._status;
      if (!repository) {
        await this._explain(reason);
        return;
      }
      this.rename(
        repository.branch
          ? this._trans.__('Commit %1 to %2', this._target.name, repository.branch)
          : this._trans.__('Commit %1', this._target.name)
      );
      this._form.showBranches((await branches).branches);
      this._show('ready');
      const project = this._loadProject();
      project.catch(() => undefined);
      // The choice for this notebook is known only now.
      await this._showChanges(
        this._form.choices.outputs === 'keep' ? compared : this._compare()
      );
      await project;
    } catch (error) {
      this._form.node.hidden = true;
      this._result.replaceChildren(drawError(NbvcError.from(error), this._trans));
      this._fail(this._createReloadStep());
    }
  }

  /** Load what is in progress, who commits, and what else has changed. */
  private async _loadProject(): Promise<void> {
    const { openPanel, path } = this._target;
    const state = await server.readProject(path);
    if (!('files' in state)) {
      return;
    }
    this._project = state;
    this._form.showProject(state, () => {
      this.finish();
      openPanel();
    });
    const box = drawOperation(
      state,
      { open: file => this._openConflict(file), step: step => this._step(step) },
      this._trans,
      this._form.choices.push,
      { steps: ['skip', 'abort'], lists: true }
    );
    this._top.replaceChildren(...(box ? [box] : []));
    this._form.showRunning(state.running);
    if (state.running) {
      this._fail(this._findRunningStep(state.running));
    }
  }

  /** What the accept button does in an operation: resolve what is left, or go on. */
  private _findRunningStep(running: IRunning): IStep | null {
    const left = this._project?.files.filter(file => file.open) ?? [];
    if (left.length) {
      const label = this._trans.__('Decide on the conflicts');
      return { label, act: () => this._openConflict(left[0]) };
    }
    if (!running.steps.includes('continue')) {
      return null;
    }
    const { push } = this._services.settings.current.commit;
    const label = labelStep('continue', running, push && this._form.canPush, this._trans);
    return { label, act: () => this._step('continue') };
  }

  private _openConflict(file: IProjectFile): void {
    this.finish();
    this._target.openConflict(file);
  }

  private _step(step: OperationStep): void {
    void this._run(describeStep(step, this._services), async signal => {
      this._top.replaceChildren();
      const done = await takeStep(this._services, step, {
        path: this._target.path,
        running: this._project?.running ?? null,
        message: this._form.choices.message,
        push: this._services.settings.current.commit.push && this._form.canPush,
        signal
      });
      if (done.undone !== null) {
        this._result.append(h('p', { class: 'nbvc-Good' }, done.undone));
        this._show('done');
      } else {
        await this._showContinued(done.commit, done.push);
      }
    });
  }

  private async _showContinued(commit: CommitResult, push: IPushResult | null): Promise<void> {
    this._showCommit(commit, push);
    if (commit.outcome !== 'committed') {
      await this._loadProject();
    }
  }

  private async _compare(): Promise<IDiffAnswer> {
    const { path, live } = this._target;
    const { outputs } = this._form.choices;
    return askAboutNow(live, this._services.app.serviceManager.contents, now =>
      server.compareSides(path, { kind: 'head' }, now, undefined, outputs)
    );
  }

  /** The notebook, with the choice for outputs of this dialog. */
  private get _place(): IPlace {
    return {
      path: this._target.path,
      name: this._status?.repository?.path ?? '',
      outputs: this._form.choices.outputs,
      overrides: true
    };
  }

  /** Change the file or what is staged of it, and look at both again. */
  private async _changeCells(change: () => Promise<void>): Promise<void> {
    if (this._state === 'working') {
      return;
    }
    this._form.disabled = true;
    await change();
    this._form.disabled = false;
    await this._showChanges(this._compare());
  }

  private async _showChanges(compared: Promise<IDiffAnswer>): Promise<void> {
    await Promise.all([this._showDiff(compared), this._showCells()]);
  }

  private async _showCells(): Promise<void> {
    const { outputs } = this._form.choices;
    try {
      const list = await listNow(this._services, this._place);
      if (outputs === this._form.choices.outputs) {
        this._form.showCells(list);
      }
    } catch (error) {
      this._form.showNoCells(NbvcError.from(error));
    }
    this._show(this._state);
  }

  private async _showDiff(compared: Promise<IDiffAnswer>): Promise<void> {
    const { outputs } = this._form.choices;
    try {
      const answer = await compared;
      if (outputs === this._form.choices.outputs) {
        this._form.showDiff(answer, this._target.live?.edited ?? false);
        this._show(this._state);
      }
    } catch (error) {
      const reason = NbvcError.from(error).message;
      this._form.showNoDiff(this._trans.__('What changed can’t be shown: %1', reason));
    }
  }

  /** The accept button, or Ctrl+Enter. */
  accept(): void {
    if (this._state === 'done') {
      this.finish();
    } else if (this._state === 'ready' || this._state === 'failed') {
      if (this._next) {
        this._next.act();
      } else if (this._committed || this._pushesOnly) {
        this._push();
      } else if (this._status?.repository) {
        this._commit({});
      }
    }
  }

  /** Stop what runs and keep the message when the dialog closes. */
  leave(): void {
    this._abort?.abort();
    const message = this._form.message.value;
    if (this._committed || !message.trim()) {
      drafts.delete(this._target.path);
    } else {
      drafts.set(this._target.path, message);
    }
  }

  /** Whether there is nothing to commit, but something that was committed before to push. */
  private get _pushesOnly(): boolean {
    const { push, message } = this._form.choices;
    return !message && push && this._form.hasChanges === false && this._form.hasUnpushed;
  }

  private _show(state: State): void {
    this._state = state;
    this.node.dataset.nbvcState = state;
    const { _trans: trans } = this;
    const why = this._describeMissing();
    const isStuck = Boolean(this._project?.running) && !this._next && !this._committed;
    const isReady = !isStuck && (why === '' || !this._form.isIdentified);
    this._why.textContent = state === 'ready' ? why : '';
    this.label(
      'accept',
      this._formatAccept(),
      state !== 'done' && (state === 'working' || !isReady)
    );
    const leave = this._committed ? trans.__('Close') : trans.__('Cancel');
    this.label('reject', leave, false);
    this.node.classList.toggle('nbvc-mod-committed', this._committed !== null);
    if (state === 'done' || state === 'failed') {
      this.settle();
    }
  }

  /** Return why the accept button can't be pressed, empty if it can. */
  private _describeMissing(): string {
    const { _trans: trans } = this;
    if (this._next || this._committed || this._pushesOnly) {
      return '';
    }
    if (!this._status?.repository) {
      return trans.__('Looking at the repository…');
    }
    if (!this._form.choices.message) {
      return trans.__('A message is missing.');
    }
    if (this._form.extent === 'none') {
      return trans.__('No cell is ticked.');
    }
    // The button stays on: pressed, it leads to the field.
    return this._form.isIdentified ? '' : trans.__('Your name and email are missing.');
  }

  private _formatAccept(): string {
    const { _trans: trans } = this;
    if (this._state === 'done') {
      return trans.__('Close');
    }
    if (this._next) {
      return this._next.label;
    }
    if (this._committed) {
      return trans.__('Push again');
    }
    if (this._pushesOnly) {
      return trans.__('Push');
    }
    const { push } = this._form.choices;
    return push ? trans.__('Commit and push') : trans.__('Commit');
  }

  /** Show a failure; the accept button becomes the next step if there is one. */
  private _fail(next: IStep | null): void {
    this._next = next;
    this._show('failed');
  }

  /** Explain why there is no repository, instead of the form, and offer to create one. */
  private async _explain(reason: string | null): Promise<void> {
    const { _trans: trans, _services: services } = this;
    const { path, live } = this._target;
    this._form.node.hidden = true;
    const keep = (): void => {
      this.finish();
      void saveCheckpoint(services, path, live);
    };
    const state = await server.readProject(path);
    const folder = 'files' in state ? null : state.folder;
    if (folder === null) {
      const message = reason ?? trans.__('This notebook is in no git repository.');
      const hint = trans.__('Checkpoints work without git, and can be compared and restored.');
      this._result.replaceChildren(drawError(new NbvcError(message, hint), trans));
      this._fail({ label: trans.__('Save a checkpoint'), act: keep });
      return;
    }
    this._result.replaceChildren(
      h(
        'div',
        { class: 'nbvc-Step' },
        h('p', {}, trans.__('The folder “%1” is in no git repository yet.', folder)),
        h(
          'p',
          { class: 'nbvc-Muted' },
          trans.__(
            'Version control keeps every committed version of your files. Everything stays on this machine until you push. Checkpoints work without it.'
          )
        ),
        createButton(trans.__('Save a checkpoint'), 'nbvc-Commit-checkpoint', keep)
      )
    );
    this._fail({
      label: trans.__('Start version control here'),
      act: () => {
        void this._run(trans.__('Starting version control…'), async () => {
          await server.beginProject(path);
          tellChange();
          this._form.node.hidden = false;
          await this.load();
          this._form.message.focus();
        });
      }
    });
  }

  private _commit(force: IForce): void {
    const { choices } = this._form;
    if (!choices.message) {
      this._form.message.focus();
      return;
    }
    if (!this._form.isIdentified) {
      this._form.askIdentity();
      return;
    }
    this._remember();
    const text = choices.push
      ? this._trans.__('Saving, committing and pushing…')
      : this._trans.__('Saving and committing…');
    void this._run(text, async signal => {
      await this._save();
      await this._form.saveIdentity();
      const picked = this._form.isPicked
        ? await pickSaved(this._services, this._place, this._form.choice, true)
        : null;
      const request = { path: this._target.path, ...choices, ...force, picked };
      const setUpstream = { set_upstream: this._isNewBranch(choices.branch) };
      const saved = this._target.live?.toJSON();
      const answer = await follow(this._services, this._target.live, () =>
        server.commit({ ...request, ...setUpstream }, signal)
      );
      this._showCommit(answer.commit, answer.push);
      const front = { name: this._place.name, path: this._target.path };
      this._result.append(
        ...say.drawEdits(this._services, answer.commit, { front, saved }, () => this.finish())
      );
      this._closeSoon(answer.commit, answer.push);
    });
  }

  /** Close soon if there is nothing to read: no edit of a hook, no failure, no missing branch. */
  private _closeSoon(commit: CommitResult, push: IPushResult | null): void {
    const isMade = this._state === 'done' && commit.outcome === 'committed';
    if (isMade && commit.branch !== null && !commit.edited.length) {
      this.succeed(formatDone(commit, push, this._trans));
    }
  }

  private _remember(): void {
    const { choices } = this._form;
    const { settings } = this._services;
    const { commit } = settings.current;
    if (choices.push !== commit.push && this._form.canPush) {
      void settings.set('pushAfterCommit', choices.push);
    }
  }

  /** Save the notebook. Raises `DiskChanged` if the file is not the one that the editor loaded. */
  private async _save(): Promise<void> {
    const { live } = this._target;
    const { contents } = this._services.app.serviceManager;
    const state = live && (await findDisk(live, contents).look());
    if (state === 'changed' || state === 'gone') {
      throw new DiskChanged(state);
    }
    await live?.save();
  }

  /** Ask what to do about the file, in the dialog: another one would wait behind it. */
  private async _askAboutDisk(
    { state }: DiskChanged,
    live: LiveNotebook,
    again: () => void
  ): Promise<void> {
    const { _services: services } = this;
    const { text, ways } = await describeDisk(services, live, state);
    const choose = async (way: IWay): Promise<void> => {
      try {
        await way.act();
      } catch (error) {
        this._result.append(drawError(NbvcError.from(error), this._trans));
        return;
      }
      if (way.goes) {
        again();
      } else {
        this.leave();
        this.finish();
      }
    };
    const drawn = drawWays(ways, way => void choose(way));
    this._result.append(
      h('div', { class: 'nbvc-Commit-disk', role: 'alert' }, h('p', {}, text), drawn)
    );
    drawn.querySelector('button')?.focus();
  }

  private _isNewBranch(branch: string | null): boolean {
    return branch !== null || !this._status?.repository?.upstream;
  }

  private _push(): void {
    void this._run(this._trans.__('Pushing…'), async signal => {
      const { remote } = this._form.choices;
      const { push } = await server.push(
        { path: this._target.path, remote, set_upstream: true },
        signal
      );
      this._showPush(push);
    });
  }

  /** Get what others pushed, merge it by cell, and push again. */
  private _merge(): void {
    void this._run(this._trans.__('Getting changes and merging…'), async signal => {
      const { live, path } = this._target;
      await this._save();
      const { pull } = await follow(this._services, live, () => server.pull({ path }, signal));
      this._result.append(say.drawPull(pull, this._trans));
      if (!hasPulled(pull.outcome)) {
        const name = this._status?.repository?.path ?? '';
        this._fail(findPullStep(pull, name, this._acts, this._trans));
        tellChange();
        if (pull.outcome === 'conflicts') {
          await this._loadProject();
        }
        return;
      }
      const { push } = await server.push({ path, remote: this._form.choices.remote }, signal);
      this._showPush(push);
      if (pull.undecided?.length) {
        this._fail(this._createDecideStep());
      }
    });
  }

  /** Commit what was saved since, with the same message, and merge then. */
  private _commitAndMerge(): void {
    void this._run(this._trans.__('Saving and committing…'), async signal => {
      await this._save();
      const { message, outputs } = this._form.choices;
      const { path } = this._target;
      const answer = await server.commit({ path, message, outputs }, signal);
      if (answer.commit.outcome === 'committed') {
        this._merge();
      } else {
        this._showCommit(answer.commit, null);
      }
    });
  }

  private async _run(
    text: string,
    work: (signal: AbortSignal) => Promise<void>
  ): Promise<void> {
    const abort = (this._abort = new AbortController());
    const waiting = new Waiting(text, this._trans.__('Stop'), () => abort.abort());
    this._next = null;
    this._result.replaceChildren(waiting.node);
    this._form.disabled = true;
    this._show('working');
    try {
      await work(abort.signal);
    } catch (error) {
      const problem = NbvcError.from(error);
      const { live } = this._target;
      if (problem.cancelled) {
        await this._showStopped();
      } else if (error instanceof DiskChanged && live) {
        await this._askAboutDisk(error, live, () => void this._run(text, work));
      } else {
        this._result.append(drawError(problem, this._trans));
      }
      this._show('failed');
    } finally {
      waiting.dispose();
      if (this._abort === abort) {
        this._form.disabled = this._committed !== null;
      }
    }
  }

  /** Show how far a stopped commit came: the server finishes one that has begun. */
  private async _showStopped(): Promise<void> {
    const { _trans: trans } = this;
    const head = this._status?.repository?.head ?? null;
    this._result.replaceChildren(
      h('p', { class: 'nbvc-Muted' }, trans.__('Looking how far it came…'))
    );
    const made = this._committed ? null : await findCommitSince(head, this._target.path);
    this._result.replaceChildren();
    if (made) {
      this._committed = made;
      this._result.append(say.drawCommit(made, trans));
    }
    const text = this._committed
      ? trans.__('Stopped before everything was pushed.')
      : trans.__('Stopped. Nothing has been committed so far.');
    this._result.append(h('p', { class: 'nbvc-Muted' }, text));
  }

  private _showCommit(commit: CommitResult, push: IPushResult | null): void {
    tellChange();
    if (commit.outcome !== 'committed') {
      this._result.append(say.drawCommit(commit, this._trans));
      this._fail(findCommitStep(commit, this._acts, this._trans));
      if (commit.outcome === 'no identity') {
        this._next = null;
        this._form.askIdentity();
        this._show('ready');
      }
      return;
    }
    this._committed = commit;
    this._result.append(say.drawCommit(commit, this._trans));
    drafts.delete(this._target.path);
    if (push) {
      this._showPush(push);
    } else {
      this._show('done');
    }
  }

  private _showPush(push: IPushResult): void {
    this._result.append(say.drawPush(push, this._trans));
    if (hasPushed(push.outcome)) {
      this._show('done');
      return;
    }
    const kept = this._trans.__('The commit is safe on this machine.');
    this._result.append(h('p', { class: 'nbvc-Muted' }, kept));
    this._fail(findPushStep(push.outcome, this._acts, this._trans));
  }

  /** Open the conflicts of a file, given by its path from the top, or of the first one. */
  private _decide(name?: string): void {
    const own = this._status?.repository?.path;
    const files = this._project?.files ?? [];
    const file =
      files.find(one => one.name === (name ?? own)) ?? files.find(one => one.open) ?? null;
    if (file) {
      this._openConflict(file);
      return;
    }
    void this._run(this._trans.__('Looking for conflicts…'), async () => {
      await this._loadProject();
      const found = this._project?.files.find(one => one.name === name || one.open);
      if (found) {
        this._openConflict(found);
      }
    });
  }

  private _createDecideStep(): IStep {
    return { label: this._trans.__('Decide on the conflicts'), act: () => this._decide() };
  }

  private _createReloadStep(): IStep {
    return {
      label: this._trans.__('Try again'),
      act: () => {
        this._next = null;
        this._form.node.hidden = false;
        this._result.replaceChildren();
        this._show('loading');
        this._form.message.focus(); // the button that had the focus is off now
        void this.load();
      }
    };
  }
}
