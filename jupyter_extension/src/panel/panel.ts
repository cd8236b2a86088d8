/** The panel of a repository: branch, operation in progress, changed files, commit and push. */
import { Widget } from '@lumino/widgets';
import { describeStep, takeStep } from '../commit/operating';
import type { IPlace } from '../commit/picking';
import { discardChange, listNow, offerUndo, pickSaved, unstageCells } from '../commit/picking';
import * as say from '../commit/result';
import type { IStep } from '../commit/steps';
import { findPushStep, hasPulled, hasPushed } from '../commit/steps';
import { drawError, drawProblem } from '../drawing/problem';
import { Waiting } from '../drawing/waiting';
import type { LiveNotebook } from '../live/document';
import { findLive } from '../live/document';
import { followAll } from '../live/reload';
import { IdentityForm, RemoteForm } from '../project/forms';
import type { ProjectModel } from '../project/model';
import { drawOperation } from '../project/operation';
import * as words from '../project/words';
import * as server from '../server/calls';
import type {
  CommitResult,
  ICommitAndPush,
  INamedBranch,
  IPickedCells,
  IProject,
  IProjectFile,
  IPullResult,
  IPushResult,
  OperationStep
} from '../server/contract';
import { createButton, h } from '../shared/dom';
import { NbvcError } from '../shared/error';
import { tellChange } from '../shared/happened';
import { versionsIcon } from '../shared/icons';
import type { IServices } from '../shared/services';
import { notify, notifyProblem } from '../shared/tell';
import { BranchMenu } from './branches';
import { FileList } from './files';

export interface IPanelOptions {
  services: IServices;
  model: ProjectModel;
  /** Open what changed in a file, or its conflicts. */
  open: (file: IProjectFile) => void;
}

export class VersionsPanel extends Widget {
  private readonly _files: FileList;
  private readonly _branches: BranchMenu;
  private readonly _operation = h('div', { class: 'nbvc-Panel-operation' });
  private readonly _empty = h('div', { class: 'nbvc-Panel-empty' });
  private readonly _body = h('div', { class: 'nbvc-Panel-body' });
  private readonly _message: HTMLTextAreaElement;
  /** Messages that were begun, by the repository. */
  private readonly _drafts = new Map<string, string>();
  private _top = '';
  private readonly _push: HTMLInputElement;
  private readonly _pushText = h('span');
  private readonly _pushing: HTMLElement;
  private readonly _identity: IdentityForm;
  private readonly _remote: RemoteForm;
  private readonly _accept: HTMLButtonElement;
  private readonly _why = h('p', { class: 'nbvc-Muted nbvc-Panel-why', role: 'status' });
  private readonly _result = h('div', { class: 'nbvc-Panel-result', 'aria-live': 'polite' });
  private _isWorking = false;

  constructor(private readonly _options: IPanelOptions) {
    super();
    const { services, model } = _options;
    const { trans } = services;
    this.id = 'nbvc-versions';
    this.title.icon = versionsIcon;
    this.title.caption = trans.__('Versions: branch, changed files, commit and push');
    this.addClass('nbvc-Panel');
    this._files = new FileList(trans, {
      open: file => _options.open(file),
      discard: file => void this._discard(file),
      changed: () => this._update(),
      list: file => listNow(services, this._place(file)),
      discardChange: (file, cell) => void discardChange(services, this._place(file), cell),
      unstage: (file, state, cells, notebook) =>
        void unstageCells(this._place(file), state, cells, notebook)
    });
    this._branches = new BranchMenu(trans, {
      path: () => model.path,
      change: (branch, isNew) => void this._switch(branch, isNew),
      get: () => void this.getChanges()
    });
    this._message = h('textarea', {
      class: 'nbvc-Panel-message jp-mod-styled',
      rows: 3,
      'aria-label': trans.__('Commit message'),
      'aria-keyshortcuts': 'Control+Enter'
    });
    this._push = h('input', { type: 'checkbox', class: 'nbvc-Panel-push' });
    this._push.checked = services.settings.current.commit.push;
    this._pushing = h('label', { class: 'nbvc-Check' }, this._push, this._pushText);
    this._identity = new IdentityForm(trans);
    this._identity.onChange = () => this._update();
    const path = (): string => model.path;
    this._remote = new RemoteForm(
      trans,
      path,
      async () => {
        tellChange();
        await model.refresh();
        if (model.project?.head) {
          await this._pushNow();
        }
      },
      trans.__('Add and push')
    );
    this._accept = createButton('', 'nbvc-mod-main nbvc-Panel-accept', () => void this._act());
    this._body.append(
      this._operation,
      this._files.node,
      h(
        'div',
        { class: 'nbvc-Panel-commit' },
        this._message,
        this._identity.node,
        this._pushing,
        this._accept,
        this._why,
        this._result,
        this._remote.node
      )
    );
    this.node.append(this._branches.node, this._empty, this._body);
    this._push.addEventListener('change', () => {
      void services.settings.set('pushAfterCommit', this._push.checked);
      this._update();
    });
    this._message.addEventListener('input', () => this._update());
    this._message.addEventListener('keydown', event => this._onKey(event));
    services.settings.onChange(() => {
      this._push.checked = services.settings.current.commit.push;
      this._update();
    });
    model.changed.connect(this._show, this);
    model.edited.connect(this._refreshFront, this);
    this.node.dataset.nbvcState = 'loading';
    this._show();
  }

  override dispose(): void {
    this._options.model.changed.disconnect(this._show, this);
    this._options.model.edited.disconnect(this._refreshFront, this);
    super.dispose();
  }

  protected override onAfterShow(): void {
    this._options.model.look();
  }

  protected override onActivateRequest(): void {
    this._message.focus();
  }

  /** Open the list of branches. */
  openBranches(): void {
    void this._branches.open();
  }

  /** Get what others pushed, and merge it. */
  async getChanges(): Promise<void> {
    await this._run(this._trans.__('Getting changes…'), signal => this._pull(signal, false));
  }

  /** Do a step of the operation in progress. */
  async step(step: OperationStep): Promise<void> {
    const { services, model } = this._options;
    await this._run(describeStep(step, services), async signal => {
      await this._saveIdentity();
      const done = await takeStep(services, step, {
        path: model.path,
        running: this._project?.running ?? null,
        message: this._message.value.trim(),
        push: this.wantsPush,
        signal
      });
      if (done.undone !== null) {
        notify(done.undone);
      } else {
        this._showCommit(done);
      }
    });
  }

  private get _trans() {
    return this._options.services.trans;
  }

  private get _project(): IProject | null {
    return this._options.model.project;
  }

  get wantsPush(): boolean {
    const { _project: project } = this;
    return this._push.checked && Boolean(project?.remotes.length && project.branch);
  }

  private _show(): void {
    const { _project: project, _trans: trans } = this;
    const { model } = this._options;
    this._body.hidden = !project;
    this._branches.node.hidden = !project;
    this._empty.replaceChildren(...(project ? [] : this._drawEmpty()));
    if (project) {
      this._turnTo(project.top);
      this._branches.show(project);
      this._files.show(project, model.front, model.unsaved, this.isVisible);
      const box = drawOperation(
        project,
        { open: this._options.open, step: step => void this.step(step) },
        trans,
        this.wantsPush,
        { steps: ['skip', 'abort'], lists: false }
      );
      this._operation.replaceChildren(...(box ? [box] : []));
    }
    this._update();
    if (!this._isWorking) {
      const isKnown = project ?? model.missing ?? model.problem;
      this.node.dataset.nbvcState = isKnown ? 'ready' : 'loading';
    }
  }

  /** Each repository has its own message and its own last result. */
  private _turnTo(top: string): void {
    if (top === this._top) {
      return;
    }
    this._drafts.set(this._top, this._message.value);
    this._message.value = this._drafts.get(top) ?? '';
    this._top = top;
    if (!this._isWorking) {
      this._result.replaceChildren();
    }
  }

  private _drawEmpty(): HTMLElement[] {
    const { _trans: trans } = this;
    const { model } = this._options;
    if (model.problem) {
      const again = createButton(trans.__('Try again'), '', () => model.look());
      return [drawError(model.problem, trans), again];
    }
    const { missing } = model;
    if (!missing) {
      return [h('p', { class: 'nbvc-Muted' }, trans.__('Looking at the repository…'))];
    }
    if (missing.folder === null) {
      return [drawProblem({ message: missing.reason, hint: null }, '', trans)];
    }
    return [
      h('p', {}, trans.__('The folder “%1” is not under version control.', missing.folder)),
      h(
        'p',
        { class: 'nbvc-Muted' },
        trans.__(
          'Version control keeps every committed version of your files. Everything stays on this machine until you push.'
        )
      ),
      createButton(
        trans.__('Start version control here'),
        'nbvc-mod-main nbvc-Panel-begin',
        () => void this._begin()
      )
    ];
  }

  private _update(): void {
    const { _project: project, _trans: trans } = this;
    if (!project) {
      return;
    }
    const { running } = project;
    const finishing = running !== null && running.steps.includes('continue');
    const takesMessage = running === null || words.takesMessage(running);
    this._message.hidden = !takesMessage;
    this._identity.node.hidden = project.identity !== null;
    this._message.placeholder = this._suggestion
      ? trans.__('%1 (Tab takes this)', this._suggestion)
      : trans.__('What did you change, and why?');
    this._pushing.hidden = !project.remotes.length || !takesMessage;
    const place = project.upstream ?? `${project.remotes[0] ?? ''}/${project.branch ?? ''}`;
    this._pushText.textContent = project.upstream
      ? trans.__('Push to %1', place)
      : trans.__('Publish as %1', place);
    this._push.disabled = !project.branch;
    this._remote.node.hidden = project.remotes.length > 0 || running !== null;
    this._accept.hidden = running !== null && !finishing;
    const [label, why] = this._describeAct(project);
    this._accept.textContent = label;
    this._accept.setAttribute('aria-label', label);
    this._accept.disabled = this._isWorking || why !== '';
    this._why.textContent = this._isWorking ? '' : why;
  }

  /** The message that is suggested: git's own for an operation, else from the ticked files. */
  private get _suggestion(): string {
    const { _project: project } = this;
    if (!project) {
      return '';
    }
    return project.running
      ? project.running.message
      : words.suggestMessage(this._files.ticked, project.head, this._trans);
  }

  private get _pushesOnly(): boolean {
    const { _project: project } = this;
    if (!project?.head || !project.branch || project.running || this._files.ticked.length) {
      return false;
    }
    return project.upstream ? Boolean(project.ahead) : project.remotes.length > 0;
  }

  /** Return what the main button does, and why it can't, empty if it can. */
  private _describeAct(project: IProject): [string, string] {
    const { _trans: trans } = this;
    const { running } = project;
    const message = this._message.value.trim();
    const isUnknown = project.identity === null && !this._identity.isComplete;
    const who = isUnknown ? trans.__('Your name and email are missing.') : '';
    if (running) {
      const label = words.labelStep('continue', running, this.wantsPush, trans);
      const left = project.files.filter(file => file.open).length;
      const open = left
        ? trans._n('%1 file is left to resolve.', '%1 files are left to resolve.', left)
        : '';
      return [label, open || who];
    }
    if (this._pushesOnly) {
      const { ahead, upstream } = project;
      const label = upstream
        ? trans._n('Push %1 commit', 'Push %1 commits', ahead ?? 0)
        : trans.__('Publish this branch');
      return [label, ''];
    }
    const label = this.wantsPush ? trans.__('Commit and push') : trans.__('Commit');
    if (!this._files.count) {
      return [label, trans.__('Nothing has changed since the last commit.')];
    }
    if (!this._files.ticked.length) {
      return [label, trans.__('No file is ticked.')];
    }
    return [label, who || (message ? '' : trans.__('A message is missing.'))];
  }

  private _onKey(event: KeyboardEvent): void {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (!this._accept.disabled) {
        void this._act();
      }
    } else if (event.key === 'Tab' && !event.shiftKey && !this._message.value) {
      const { _suggestion: suggestion } = this;
      if (suggestion) {
        event.preventDefault();
        this._message.value = suggestion;
        this._update();
      }
    }
  }

  private async _act(): Promise<void> {
    const { _project: project } = this;
    if (project?.running) {
      await this.step('continue');
    } else if (this._pushesOnly) {
      await this._pushNow();
    } else {
      await this._commit();
    }
  }

  private async _begin(): Promise<void> {
    const { model } = this._options;
    await this._run(this._trans.__('Starting version control…'), async () => {
      await server.beginProject(model.path);
    });
    this._message.focus();
  }

  private async _saveIdentity(): Promise<void> {
    if (this._project?.identity === null) {
      await this._identity.save(this._options.model.path);
    }
  }

  private async _commit(isPartlyStaged = false): Promise<void> {
    const { services, model } = this._options;
    const { ticked } = this._files;
    const push = this.wantsPush;
    const text = push
      ? this._trans.__('Committing and pushing…')
      : this._trans.__('Committing…');
    await this._run(text, async signal => {
      await this._saveIdentity();
      const live = this._findFront();
      let saved: unknown;
      const answer = await followAll(
        services,
        async () => {
          saved = live?.toJSON();
          const request = {
            path: model.path,
            ...(await this._pick(ticked)),
            message: this._message.value,
            push,
            outputs: services.settings.current.commit.outputs,
            partly_staged: isPartlyStaged
          };
          return server.commitFiles(request, signal);
        },
        new Set(ticked.map(file => file.path ?? ''))
      );
      const front = model.front;
      this._showCommit(answer);
      this._result.append(
        ...say.drawEdits(services, answer.commit, front && live ? { front, saved } : null)
      );
    });
  }

  /** Return the files that are committed whole, and the cells that are chosen of others. */
  private async _pick(
    ticked: readonly IProjectFile[]
  ): Promise<{ names: string[]; picked: IPickedCells[] }> {
    const [names, picked]: [string[], IPickedCells[]] = [[], []];
    for (const file of ticked) {
      const { choice, byDefault, isWhole } = this._files.choose(file);
      if (!file.name.endsWith('.ipynb') || isWhole) {
        names.push(file.name);
      } else {
        const place = this._place(file);
        picked.push(await pickSaved(this._options.services, place, choice, byDefault));
      }
    }
    return { names, picked };
  }

  private _place(file: IProjectFile): IPlace {
    const { services, model } = this._options;
    const { outputs } = services.settings.current.commit;
    return { path: file.path ?? model.path, name: file.name, outputs, overrides: false };
  }

  private _findFront(): LiveNotebook | null {
    const { services, model } = this._options;
    return findLive(services.tracker, services.app.serviceManager.contents, model.path);
  }

  private _refreshFront(): void {
    if (this.isVisible && !this._isWorking) {
      this._files.refreshFront();
    }
  }

  private _showCommit({ commit, push }: Pick<ICommitAndPush, 'commit' | 'push'>): void {
    const { _trans: trans } = this;
    this._result.append(say.drawCommit(commit, trans));
    if (commit.outcome !== 'committed') {
      this._offer(this._findCommitStep(commit));
      return;
    }
    this._message.value = '';
    this._files.forget();
    if (push) {
      this._showPush(push);
    }
  }

  private _findCommitStep(commit: CommitResult): IStep | null {
    const { _trans: trans } = this;
    if (commit.outcome === 'partly staged') {
      const act = (): void => void this._commit(true);
      return { label: trans.__('Commit the files as they are now'), act };
    }
    if (commit.outcome === 'unmerged') {
      return { label: trans.__('Resolve the conflicts'), act: () => this._openFirst() };
    }
    return null;
  }

  private async _pushNow(): Promise<void> {
    await this._run(this._trans.__('Pushing…'), async signal => {
      const { push } = await server.pushProject({ path: this._options.model.path }, signal);
      this._showPush(push);
    });
  }

  private _showPush(push: IPushResult): void {
    const { _trans: trans } = this;
    this._result.append(say.drawPush(push, trans));
    if (hasPushed(push.outcome)) {
      return;
    }
    const kept = trans.__('The commit is safe on this machine.');
    this._result.append(h('p', { class: 'nbvc-Muted' }, kept));
    const again = (): void => void this._pushNow();
    const acts = {
      commit: again,
      push: again,
      merge: () => void this._mergeAndPush(),
      commitAndMerge: again,
      decide: () => this._openFirst()
    };
    this._offer(findPushStep(push.outcome, acts, trans));
  }

  private async _mergeAndPush(): Promise<void> {
    await this._run(this._trans.__('Getting changes and merging…'), signal =>
      this._pull(signal, true)
    );
  }

  private async _pull(signal: AbortSignal, pushes: boolean): Promise<void> {
    const { services, model } = this._options;
    const { _trans: trans } = this;
    const { pull } = await followAll(services, () => server.pullProject(model.path, signal));
    this._result.append(say.drawPull(pull, trans));
    if (hasPulled(pull.outcome)) {
      if (pushes) {
        const { push } = await server.pushProject({ path: model.path }, signal);
        this._showPush(push);
      }
      return;
    }
    this._offer(this._findPullStep(pull, pushes));
    if (pull.outcome === 'conflicts') {
      await model.refresh();
      this._result.replaceChildren();
      this._openFirst();
    }
  }

  private _findPullStep(pull: IPullResult, pushes: boolean): IStep | null {
    const { _trans: trans } = this;
    switch (pull.outcome) {
      case 'conflicts':
        return { label: trans.__('Resolve the conflicts'), act: () => this._openFirst() };
      case 'no upstream':
        return this._project?.remotes.length
          ? { label: trans.__('Publish this branch'), act: () => void this._pushNow() }
          : { label: trans.__('Add an address to push to…'), act: () => this._remote.open() };
      case 'uncommitted changes':
        return {
          label: trans.__('Tick these files, to commit them first'),
          act: () => this._files.tick(pull.names)
        };
      case 'authentication':
      case 'failed':
      case 'timeout':
      case 'unreachable': {
        const act = (): void => void (pushes ? this._mergeAndPush() : this.getChanges());
        return { label: trans.__('Try again'), act };
      }
      case 'detached':
        return { label: trans.__('Choose a branch'), act: () => this.openBranches() };
      case 'fast-forwarded':
      case 'merged':
      case 'operation in progress':
      case 'up to date':
      case 'url refused':
        return null;
    }
  }

  private async _switch(branch: INamedBranch, isNew: boolean): Promise<void> {
    const { services, model } = this._options;
    const { _trans: trans } = this;
    await this._run(trans.__('Switching to %1…', branch.name), async () => {
      const { name, remote } = branch;
      const request = { path: model.path, branch: name, remote, create: isNew };
      const done = await followAll(services, () => server.switchBranch(request));
      if (done.refused) {
        const hint = trans.__('Commit them or discard them, then switch.');
        this._result.append(drawProblem({ message: done.refused, hint }, '', trans));
        const label = trans.__('Tick these files, to commit them first');
        this._offer({ label, act: () => this._files.tick(done.names) });
        return;
      }
      notify(trans.__('Now on the branch %1.', name));
    });
  }

  private async _discard(file: IProjectFile): Promise<void> {
    const { services, model } = this._options;
    const { _trans: trans } = this;
    try {
      const names = [file.name, ...(file.old_name ? [file.old_name] : [])];
      const { kept } = await followAll(
        services,
        () => server.discardFiles(model.path, names),
        new Set([file.path ?? ''])
      );
      tellChange();
      const text = trans.__('The changes in %1 are discarded.', file.name);
      notify(text, ...offerUndo(services, model.path, kept));
    } catch (error) {
      notifyProblem(error);
    }
  }

  private _openFirst(): void {
    const file = this._project?.files.find(one => one.open);
    if (file) {
      this._options.open(file);
    }
  }

  private _offer(step: IStep | null): void {
    if (step) {
      this._result.append(createButton(step.label, 'nbvc-mod-main nbvc-Panel-next', step.act));
    }
  }

  /** Do some work, and read the state of the repository after it. */
  private async _run(
    text: string,
    work: (signal: AbortSignal) => Promise<void>
  ): Promise<void> {
    if (this._isWorking) {
      return;
    }
    const { _trans: trans } = this;
    const abort = new AbortController();
    const waiting = new Waiting(text, trans.__('Stop'), () => abort.abort());
    this._isWorking = true;
    this._result.replaceChildren(waiting.node);
    this.node.dataset.nbvcState = 'working';
    this._update();
    try {
      await work(abort.signal);
    } catch (error) {
      const problem = NbvcError.from(error);
      this._result.append(
        problem.cancelled
          ? h('p', { class: 'nbvc-Muted' }, trans.__('Stopped.'))
          : drawError(problem, trans)
      );
    } finally {
      waiting.dispose();
      this._isWorking = false;
      await this._options.model.refresh();
      tellChange();
    }
  }
}
