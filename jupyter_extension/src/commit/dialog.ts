/** One dialog from the message to the pushed commit: it stays open and says how things stand. */
import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { Waiting } from '../compare/waiting';
import { h } from '../dom';
import type { LiveNotebook } from '../live/document';
import * as server from '../server/calls';
import type { ICommitResult, IPushResult, IStatus } from '../server/contract';
import { NbvcError } from '../server/request';
import type { IServices } from '../services';
import { CommitForm } from './form';
import type { CommitStep, IStep, PushStep } from './result';
import * as say from './result';

type State = 'loading' | 'ready' | 'working' | 'done' | 'failed';

/** Messages typed into dialogs that were cancelled, by path. */
const drafts = new Map<string, string>();

export interface ICommitTarget {
  path: string;
  name: string;
  live: LiveNotebook | null;
  openConflicts: (path: string) => void;
}

export function openCommitDialog(services: IServices, target: ICommitTarget): void {
  const dialog = new CommitDialog(services, target);
  void dialog.launch().catch(() => undefined);
}

class CommitDialog extends Dialog<void> {
  private readonly _work: CommitWork;

  constructor(services: IServices, target: ICommitTarget) {
    const { trans } = services;
    const work = new CommitWork(services, target);
    super({
      title: trans.__('Commit %1', target.name),
      body: work,
      hasClose: true,
      defaultButton: 1,
      focusNodeSelector: '.nbvc-Commit-message',
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Commit and push') })
      ]
    });
    this._work = work;
    this.addClass('nbvc-CommitDialog');
    work.finish = () => super.resolve(0);
    work.label = (accept, isBusy) => this._label(accept, isBusy);
    work.settle = () => this._keepFocus();
    void work.load();
  }

  /** The button for going on does not close the dialog before all is done. */
  override resolve(index?: number): void {
    if ((index ?? 1) === 1) {
      this._work.accept();
    } else {
      this.reject();
    }
  }

  override reject(): void {
    this._work.leave();
    super.reject();
  }

  private _label(accept: string, isBusy: boolean): void {
    const node = this.node.querySelector<HTMLButtonElement>('.jp-Dialog-button.jp-mod-accept');
    const text = node?.querySelector('.jp-Dialog-buttonLabel');
    if (node && text) {
      text.textContent = accept;
      node.setAttribute('aria-label', accept);
      node.disabled = isBusy;
    }
  }

  /** What had the focus was switched off while git worked: without one, keys go nowhere. */
  private _keepFocus(): void {
    const active = document.activeElement;
    if (!active || active === document.body || active.matches(':disabled')) {
      this.node.querySelector<HTMLElement>('.jp-Dialog-button.jp-mod-accept')?.focus();
    }
  }
}

class CommitWork extends Widget implements Dialog.IBodyWidget<void> {
  finish: () => void = () => undefined;
  label: (accept: string, isBusy: boolean) => void = () => undefined;
  settle: () => void = () => undefined;
  private readonly _form: CommitForm;
  private readonly _result = h('div', { class: 'nbvc-Commit-result', 'aria-live': 'polite' });
  private readonly _trans: TranslationBundle;
  private _status: IStatus | null = null;
  private _state: State = 'loading';
  private _abort: AbortController | null = null;
  private _committed: ICommitResult | null = null;

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

  /** Find out what would go in and where to; the message can be typed meanwhile. */
  async load(): Promise<void> {
    const { path, live } = this._target;
    try {
      const now = live?.side() ?? { kind: 'disk' as const };
      const asked = server.status(path);
      const compared = server.diff(path, { kind: 'head' }, now);
      compared.catch(() => undefined);
      this._status = await asked;
      this._form.showStatus(this._status);
      const { repository, reason } = this._status;
      if (!repository) {
        const hint = this._trans.__('Checkpoints work without git: see the Compare menu.');
        throw new NbvcError(reason ?? this._trans.__('There is no git repository here'), hint);
      }
      this._show('ready');
      if (repository.state === 'unmerged') {
        this._offerConflicts();
      }
      try {
        this._form.showDiff(await compared, live?.dirty ?? false);
      } catch (error) {
        const text = this._trans.__(
          'What changed can’t be shown: %1',
          NbvcError.from(error).message
        );
        this._form.showNoDiff(text);
      }
    } catch (error) {
      this._form.showNoDiff('');
      this._result.replaceChildren(say.errorNode(NbvcError.from(error), this._trans));
      this._show('failed');
      this._form.disabled = true;
    }
  }

  /** The accept button, or Ctrl+Enter. */
  accept(): void {
    if (this._state === 'done') {
      this.finish();
    } else if (
      this._state === 'ready' ||
      (this._state === 'failed' && this._status?.repository)
    ) {
      if (this._committed) {
        this._push();
      } else {
        this._commit({});
      }
    }
  }

  /** The dialog closes: stop what runs, keep what was typed. */
  leave(): void {
    this._abort?.abort();
    const message = this._form.message.value;
    if (this._committed || !message.trim()) {
      drafts.delete(this._target.path);
    } else {
      drafts.set(this._target.path, message);
    }
  }

  private _show(state: State): void {
    this._state = state;
    this.node.dataset.nbvcState = state;
    const { _trans: trans } = this;
    const { push, message } = this._form.choices;
    const text =
      state === 'done'
        ? trans.__('Close')
        : this._committed
          ? trans.__('Push again')
          : push
            ? trans.__('Commit and push')
            : trans.__('Commit');
    const blocked = !this._status?.repository || (!message && !this._committed);
    this.label(text, state === 'working' || (state !== 'done' && blocked));
    if (state === 'done' || state === 'failed') {
      this.settle();
    }
  }

  private _commit(force: { partly_staged?: boolean; ignored?: boolean }): void {
    const { choices } = this._form;
    if (!choices.message) {
      this._form.message.focus();
      return;
    }
    const { settings } = this._services;
    const { commit } = settings.current;
    if (choices.push !== commit.push && this._status?.repository?.remotes.length) {
      void settings.set('pushAfterCommit', choices.push);
    }
    if (choices.outputs !== commit.outputs) {
      void settings.set('outputsInCommit', choices.outputs);
    }
    const text = choices.push
      ? this._trans.__('Saving, committing and pushing…')
      : this._trans.__('Saving and committing…');
    void this._run(text, async signal => {
      await this._target.live?.save();
      const request = { path: this._target.path, ...choices, ...force };
      const setUpstream = { set_upstream: this._publishes(choices.branch) };
      const answer = await server.commit({ ...request, ...setUpstream }, signal);
      this._tellCommit(answer.commit, answer.push);
    });
  }

  private _publishes(branch: string | null): boolean {
    return branch !== null || !this._status?.repository?.upstream;
  }

  private _push(): void {
    void this._run(this._trans.__('Pushing…'), async signal => {
      const { remote } = this._form.choices;
      const { push } = await server.push(this._target.path, remote, true, signal);
      this._tellPush(push);
    });
  }

  /** Get what others pushed, merge it by cell, and push again. */
  private _merge(): void {
    void this._run(this._trans.__('Getting changes and merging…'), async signal => {
      const { live, path } = this._target;
      await live?.save();
      const { pull } = await server.pull(path, signal);
      this._result.append(say.pullNode(pull, this._trans));
      if (live && !live.dirty && !live.collaborative) {
        await live.context.revert();
      }
      if (['up to date', 'fast-forwarded', 'merged'].includes(pull.outcome)) {
        const { push } = await server.push(path, this._form.choices.remote, false, signal);
        this._tellPush(push);
      } else {
        this._show('failed');
        if (pull.outcome === 'conflicts') {
          this._offerConflicts();
        }
      }
    });
  }

  private async _run(
    text: string,
    work: (signal: AbortSignal) => Promise<void>
  ): Promise<void> {
    const abort = (this._abort = new AbortController());
    const stop = (): void => abort.abort();
    const waiting = new Waiting(text, this._trans.__('Stop'), stop);
    this._result.replaceChildren(waiting.node);
    this._form.disabled = true;
    this._show('working');
    try {
      await work(abort.signal);
    } catch (error) {
      this._result.append(say.errorNode(NbvcError.from(error), this._trans));
      this._show('failed');
    } finally {
      waiting.dispose();
      this._form.disabled = this._committed !== null;
    }
  }

  private _tellCommit(commit: ICommitResult, push: IPushResult | null): void {
    this._result.append(say.commitNode(commit, this._trans));
    if (commit.outcome !== 'committed') {
      this._show('failed');
      this._offer(this._commitStep(say.commitStep(commit.outcome)));
      return;
    }
    this._committed = commit;
    drafts.delete(this._target.path);
    if (push) {
      this._tellPush(push);
    } else {
      this._show('done');
    }
  }

  private _tellPush(push: IPushResult): void {
    this._result.append(say.pushNode(push, this._trans));
    if (say.didPush(push.outcome)) {
      this._show('done');
      return;
    }
    const kept = this._trans.__('The commit is safe on this machine.');
    this._result.append(h('p', { class: 'nbvc-Muted' }, kept));
    this._show('failed');
    this._offer(this._pushStep(say.pushStep(push.outcome)));
  }

  private _commitStep(step: CommitStep): IStep | null {
    const { _trans: trans } = this;
    switch (step) {
      case 'file':
        return {
          label: trans.__('Commit the notebook as it is now'),
          act: () => this._commit({ partly_staged: true })
        };
      case 'ignored':
        return {
          label: trans.__('Commit it all the same'),
          act: () => this._commit({ ignored: true })
        };
      case 'conflicts':
        return this._conflictStep();
      case 'again':
        return { label: trans.__('Try again'), act: () => this._commit({}) };
      case null:
        return null;
    }
  }

  private _pushStep(step: PushStep): IStep | null {
    const { _trans: trans } = this;
    switch (step) {
      case 'merge':
        return { label: trans.__('Get changes and merge'), act: () => this._merge() };
      case 'publish':
        return { label: trans.__('Push as a new branch'), act: () => this._push() };
      case 'again':
        return { label: trans.__('Push again'), act: () => this._push() };
      case null:
        return null;
    }
  }

  private _conflictStep(): IStep {
    return {
      label: this._trans.__('Decide on the conflicts'),
      act: () => {
        this.finish();
        this._target.openConflicts(this._target.path);
      }
    };
  }

  private _offerConflicts(): void {
    this._offer(this._conflictStep());
  }

  private _offer(step: IStep | null): void {
    if (step) {
      const node = say.stepNode(step);
      this._result.append(node);
      node.focus();
    }
  }
}
