/** The work of the commit dialog: compare, commit, push, merge, and a next step if one fails. */
import type { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { saveCheckpoint } from '../compare/checkpoint';
import type { IWay } from '../compare/disk';
import { describeDisk, drawWays } from '../compare/disk';
import { openComparison } from '../compare/opening';
import { drawError } from '../drawing/problem';
import { Waiting } from '../drawing/waiting';
import { DiskChanged, findDisk, readNow } from '../live/disk';
import type { LiveNotebook } from '../live/document';
import { follow } from '../live/following';
import * as server from '../server/calls';
import type { IDiffAnswer } from '../server/comparing';
import type { CommitResult, IPushResult, Status } from '../server/contract';
import { createButton, h } from '../shared/dom';
import { NbvcError } from '../shared/error';
import type { IServices } from '../shared/services';
import { CommitForm } from './form';
import * as say from './result';
import type { IActs, IForce, IStep } from './steps';
import {
  findCommitStep,
  findPath,
  findPullStep,
  findPushStep,
  hasPulled,
  hasPushed
} from './steps';
import { findCommitSince } from './stopping';
import type { ICommitTarget } from './target';
import { drafts } from './target';
import { labelFinishing } from './words';

type State = 'loading' | 'ready' | 'working' | 'done' | 'failed';

export class CommitWork extends Widget implements Dialog.IBodyWidget<void> {
  finish: () => void = () => undefined;
  label: (button: 'accept' | 'reject', text: string, isOff: boolean) => void = () => undefined;
  settle: () => void = () => undefined;
  private readonly _form: CommitForm;
  private readonly _result = h('div', { class: 'nbvc-Commit-result', 'aria-live': 'polite' });
  private readonly _trans: TranslationBundle;
  private _status: Status | null = null;
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
    this._form = new CommitForm(this._trans, { message, ...commit });
    this._form.onChange = () => this._show(this._state);
    this._form.onOutputs = () => void this._showDiff(this._compare());
    this.node.append(this._form.node, this._result);
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
      const compared = this._compare();
      compared.catch(() => undefined);
      this._status = await asked;
      this._form.showStatus(this._status);
      const { repository, reason } = this._status;
      if (!repository) {
        this._explain(reason);
        return;
      }
      this._show('ready');
      if (repository.state === 'unmerged') {
        this._fail(this._createDecideStep());
      }
      // The choice for this notebook is known only now.
      await this._showDiff(this._form.choices.outputs === 'keep' ? compared : this._compare());
    } catch (error) {
      this._form.node.hidden = true;
      this._result.replaceChildren(drawError(NbvcError.from(error), this._trans));
      this._fail(this._createReloadStep());
    }
  }

  private async _compare(): Promise<IDiffAnswer> {
    const { path, live } = this._target;
    const { outputs } = this._form.choices;
    const now = await readNow(live, this._services.app.serviceManager.contents);
    return server.compareSides(path, { kind: 'head' }, now, undefined, outputs);
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
    const { message } = this._form.choices;
    const isReady = Boolean(
      this._next || this._committed || (this._status?.repository && message) || this._pushesOnly
    );
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
    if (this._form.finishes) {
      return labelFinishing(this._form.finishes, push, trans);
    }
    return push ? trans.__('Commit and push') : trans.__('Commit');
  }

  /** Show a failure; the accept button becomes the next step if there is one. */
  private _fail(next: IStep | null): void {
    this._next = next;
    this._show('failed');
  }

  /** Explain why there is no repository, instead of the form. */
  private _explain(reason: string | null): void {
    const { _trans: trans, _services: services } = this;
    const { path, live } = this._target;
    this._form.node.hidden = true;
    const hint = trans.__('Checkpoints work without git, and can be compared and restored.');
    const message = reason ?? trans.__('This notebook is in no git repository.');
    this._result.replaceChildren(drawError(new NbvcError(message, hint), trans));
    this._fail({
      label: trans.__('Save a checkpoint'),
      act: () => {
        this.finish();
        void saveCheckpoint(services, path, live);
      }
    });
  }

  private _commit(force: IForce): void {
    const { choices } = this._form;
    if (!choices.message) {
      this._form.message.focus();
      return;
    }
    this._remember();
    const finish_merge = this._form.finishes !== null;
    const text = choices.push
      ? this._trans.__('Saving, committing and pushing…')
      : this._trans.__('Saving and committing…');
    void this._run(text, async signal => {
      await this._save();
      const request = { path: this._target.path, ...choices, ...force, finish_merge };
      const setUpstream = { set_upstream: this._isNewBranch(choices.branch) };
      const saved = this._target.live?.toJSON();
      const answer = await follow(this._services, this._target.live, () =>
        server.commit({ ...request, ...setUpstream }, signal)
      );
      this._showCommit(answer.commit, answer.push);
      this._showEdits(answer.commit, saved);
    });
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
        this.finish();
      }
    };
    const drawn = drawWays(ways, way => void choose(way));
    this._result.append(
      h('div', { class: 'nbvc-Commit-disk', role: 'alert' }, h('p', {}, text), drawn)
    );
    drawn.querySelector('button')?.focus();
  }

  /** Name what a hook changed, with a comparison. */
  private _showEdits(commit: CommitResult, saved: unknown): void {
    const { _services: services, _trans: trans } = this;
    const { path } = this._target;
    if (commit.outcome !== 'committed' || !commit.edited.length) {
      return;
    }
    const compare = (): void => {
      this.finish();
      openComparison(services, {
        path,
        before: {
          side: { kind: 'content', notebook: saved },
          label: trans.__('Before the hook')
        },
        after: { side: { kind: 'commit', ref: commit.oid }, label: trans.__('Committed') }
      });
    };
    const own = commit.edited.includes(this._status?.repository?.path ?? '');
    this._result.append(
      h(
        'p',
        { class: 'nbvc-Commit-hook' },
        trans.__('A hook changed %1 in this commit. ', commit.edited.join(', ')),
        own && saved !== undefined && createButton(trans.__('Compare'), '', compare)
      )
    );
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
    if (commit.outcome !== 'committed') {
      this._result.append(say.drawCommit(commit, this._trans));
      this._fail(findCommitStep(commit, this._acts, this._trans));
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

  private _decide(name?: string): void {
    const { path, openConflicts } = this._target;
    const own = this._status?.repository?.path ?? '';
    this.finish();
    openConflicts((name && findPath(name, own, path)) || path);
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
