/**
 * The file of an open notebook: whether it changed on disk, and how both become one again.
 *
 * Jupyter compares the hash of the file with the hash that the editor loaded or saved last, and asks
 * before it overwrites another file. This module compares the same, so that both always agree.
 */
import type { Contents } from '@jupyterlab/services';
import { hasNotebookChanged, isChange } from '../diff/rows';
import * as server from '../server/calls';
import type { IDiffAnswer } from '../server/comparing';
import type { Side } from '../server/contract';
import { NbvcError, trans } from '../shared/error';
import type { INotebook } from '../shared/notebook';
import type { IApplied, LiveNotebook } from './document';
import { MovedOn, planVersion } from './restoring';
import type { Context } from './saved';
import { forget, readNotebook, recall, remember } from './saved';

type Model = Omit<Contents.IModel, 'content'>;

/** How the file is to the editor; null if nobody can say, as during a save. */
export type DiskState = 'same' | 'changed' | 'gone' | null;

/** Raised if a file must not be overwritten without a question. */
export class DiskChanged extends Error {
  constructor(readonly state: 'changed' | 'gone') {
    super(state);
  }
}

/** The cells that an editor gets, and the notebook that its file has. */
interface IComing {
  answer: IDiffAnswer;
  file: INotebook | null;
}

/** How often somebody who types at the same time may make a plan useless. */
const ATTEMPTS = 3;

const files = new WeakMap<Context, DiskFile>();

/** Return the one object that knows the file of an editor. */
export function findDisk(live: LiveNotebook, contents: Contents.IManager): DiskFile {
  const found = files.get(live.context) ?? new DiskFile(live, contents);
  files.set(live.context, found);
  return found;
}

/**
 * Ask the server about the notebook in an editor: about its file if both are the same.
 *
 * If nothing is unsaved, they most likely are. The server begins with the file, while Jupyter
 * answers whether it is still the same, and begins again with the editor if it is not.
 */
export async function askAboutNow<T>(
  live: LiveNotebook | null,
  contents: Contents.IManager,
  ask: (now: Side) => Promise<T>
): Promise<T> {
  if (!live) {
    return ask({ kind: 'disk' });
  }
  if (!live.edited && !live.collaborative) {
    const state = findDisk(live, contents).look();
    const asked = ask({ kind: 'disk' });
    asked.catch(() => undefined); // If the file is another one, its errors do not matter.
    if ((await state) === 'same') {
      return asked;
    }
  }
  return ask({ kind: 'content', notebook: live.toJSON() });
}

export class DiskFile {
  private _saving = false;
  private _comesBack = false;
  /** The file that was compared last, and the result. */
  private _judged: { key: string; state: DiskState } | null = null;

  constructor(
    private readonly _live: LiveNotebook,
    private readonly _contents: Contents.IManager
  ) {
    _live.context.saveState.connect((_, state) => {
      this._saving = state === 'started';
    });
  }

  /** Compare the file with what the editor loaded or saved last. */
  async look(): Promise<DiskState> {
    const { context, collaborative, disposed } = this._live;
    const known = context.contentsModel;
    if (disposed || collaborative || this._saving || !context.isReady || !known) {
      return null;
    }
    try {
      const { last_modified } = await this._read(false);
      if (last_modified === known.last_modified) {
        return 'same';
      }
      const file = await this._read(true);
      if (known.hash && file.hash === known.hash) {
        return 'same';
      }
      return await this._judge(file, known);
    } catch (error) {
      return isMissing(error)
        ? this._comesBack
          ? 'same'
          : 'gone'
        : isUnreadable(error)
          ? 'changed'
          : null;
    }
  }

  /** Let the next save replace the file; what the file has now becomes a checkpoint. */
  async keepMine(): Promise<void> {
    const { path, model, context } = this._live;
    const file = await this._read(true);
    await server.createCheckpoint({
      path,
      message: trans.__('On the disk before “Keep mine”')
    });
    const there = await this._compare().catch(() => null);
    forget(context);
    model.dirty = true;
    this._adopt(file, there?.before.notebook);
  }

  /** Let Jupyter take the file as it is for the one that it knows. */
  async accept(): Promise<void> {
    try {
      this._adopt(await this._read(true));
    } catch (error) {
      if (!isMissing(error)) {
        throw error;
      }
    }
  }

  /** Write a file that is gone again. */
  async putBack(): Promise<void> {
    this._comesBack = true;
    try {
      await this._live.context.save();
    } finally {
      this._comesBack = false;
    }
  }

  /**
   * Bring the file into the editor, cell by cell; unsaved changes become a checkpoint first.
   *
   * Cells that stay the same keep their place on the screen, their steps of undo, and the trust of
   * whoever trusts their outputs.
   */
  async load(): Promise<IApplied> {
    await this._keepEdits();
    const applied = await this._bringIn(async () => ({
      answer: await this._compare(),
      file: null
    }));
    remember(this._live.context, readNotebook(this._live.context));
    this._live.model.dirty = false;
    return applied;
  }

  /** Merge the file into the editor. Raises `NbvcError` if both changed the same lines. */
  async merge(): Promise<IApplied> {
    const base = recall(this._live.context);
    if (!base) {
      throw new NbvcError(
        trans.__('The two can’t be merged: what both come from is not known.')
      );
    }
    await this._keepEdits();
    const applied = await this._bringIn(() => this._merge(base));
    this._live.model.dirty = true;
    return applied;
  }

  private async _merge(base: INotebook): Promise<IComing> {
    const { path } = this._live;
    const mine = this._live.toJSON();
    const { notebook, conflicts, disk } = await server.merge({ path, base, notebook: mine });
    if (conflicts) {
      const text = trans._n(
        '%1 cell was changed both here and on the disk: nothing was merged.',
        '%1 cells were changed both here and on the disk: nothing was merged.',
        conflicts
      );
      throw new NbvcError(text, trans.__('Compare the two, then keep one of them.'));
    }
    const [before, after] = [notebook, mine].map((one): Side => ({
      kind: 'content',
      notebook: one
    }));
    return { answer: await server.compareSides(path, before, after), file: disk };
  }

  /** Give the editor the cells before of a comparison, which is made again if somebody types. */
  private async _bringIn(find: () => Promise<IComing>): Promise<IApplied> {
    const live = this._live;
    for (let attempt = 1; ; attempt++) {
      const model = await this._read(true);
      const { answer, file } = await find();
      const [before, after] = [answer.before.notebook, answer.after.notebook];
      try {
        const [cells, was] = [before?.cells ?? [], after?.cells ?? []];
        const wanted = planVersion(answer.diff, cells, was, live.cells());
        const applied = live.apply(wanted, keepLanguage(before, live.metadata()));
        this._adopt(model, file);
        return applied;
      } catch (error) {
        if (!(error instanceof MovedOn)) {
          throw error;
        }
        if (attempt === ATTEMPTS) {
          const text = trans.__('The notebook kept changing: nothing was loaded.');
          throw new NbvcError(text, trans.__('Try again in a moment.'));
        }
      }
    }
  }

  private async _judge(file: Model, known: Model): Promise<DiskState> {
    const key = [file.hash, file.last_modified, known.hash].join(' ');
    if (this._judged?.key !== key) {
      const answer = await this._compare();
      if (this._saving || this._live.context.contentsModel?.hash !== known.hash) {
        return null;
      }
      const state = hasChanges(answer) ? 'changed' : 'same';
      if (state === 'same') {
        this._adopt(file, answer.before.notebook);
      }
      this._judged = { key, state };
    }
    return this._judged.state;
  }

  private async _keepEdits(): Promise<void> {
    const { path, edited } = this._live;
    if (edited) {
      const message = trans.__('Before loading from the disk');
      await server.createCheckpoint({ path, message, notebook: this._live.toJSON() });
    }
  }

  private _compare(): Promise<IDiffAnswer> {
    const now: Side = { kind: 'content', notebook: this._live.toJSON() };
    return server.compareSides(this._live.path, { kind: 'disk' }, now);
  }

  private _read(hash: boolean): Promise<Model> {
    return this._contents.get(this._live.context.path, { content: false, hash });
  }

  /** Let Jupyter take this file for the one that the editor loaded. */
  private _adopt(model: Model, file: INotebook | null = null): void {
    const { context } = this._live;
    if (file) {
      remember(context, file);
    }
    // Jupyter has no public way to do this. Without it Jupyter asks once more before it saves.
    (
      context as unknown as { _updateContentsModel?: (model: Model) => void }
    )._updateContentsModel?.(model);
    this._judged = null;
  }
}

/** Return whether a comparison shows more than noise. */
export function hasChanges({ diff, noise }: IDiffAnswer): boolean {
  return diff.cells.some(isChange) || hasNotebookChanged(diff, noise.keys);
}

/** Keep the language that the kernel named: it would write the same again. */
function keepLanguage(
  notebook: INotebook | null,
  { language_info }: Record<string, unknown>
): Record<string, unknown> {
  return { ...(language_info ? { language_info } : {}), ...notebook?.metadata };
}

function isMissing(error: unknown): boolean {
  return (error as { response?: Response }).response?.status === 404;
}

function isUnreadable(error: unknown): boolean {
  return error instanceof NbvcError && error.status >= 400 && error.status < 500;
}
