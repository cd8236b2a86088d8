/** What changed in each version, asked for when its row is in sight. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { formatCounts } from '../diff/words';
import type { IVersionChange } from '../server/contract';

/** Format a change in a few words: `x = 1 → x = 2`, or `2 changed, 1 added`; empty for none. */
export function formatChange(change: IVersionChange, trans: TranslationBundle): string {
  const { before, after, outputs = 0 } = change;
  if (change.is_same) {
    return trans.__('no change');
  }
  if (change.is_first) {
    return trans._n('%1 cell', '%1 cells', change.added ?? 0);
  }
  if (before && after) {
    return `${before} → ${after}`;
  }
  if (after) {
    return `+ ${after}`;
  }
  if (before) {
    return `− ${before}`;
  }
  const counts = {
    changed: (change.changed ?? 0) - outputs,
    split: change.split ?? 0,
    joined: change.joined ?? 0,
    added: change.added ?? 0,
    removed: change.removed ?? 0,
    moved: change.moved ?? 0
  };
  const texts = [
    formatCounts(counts, trans),
    outputs && trans._n('outputs of %1 cell', 'outputs of %1 cells', outputs)
  ];
  return texts.filter(Boolean).join(', ') || trans.__('only noise');
}

export type AskChanges = (ids: string[]) => Promise<Record<string, IVersionChange>>;

/** The most versions in one request. */
const BATCH = 20;

/** Changes that are known, and those that are being asked for. */
export class Changes {
  private readonly _known = new Map<string, IVersionChange | null>();
  private readonly _wanted = new Set<string>();
  private _running: Promise<void> | null = null;

  constructor(
    private readonly _ask: AskChanges,
    private readonly _onNews: (ids: readonly string[]) => void
  ) {}

  /** Return what changed in a version; null if that is not known. */
  get(id: string): IVersionChange | null {
    return this._known.get(id) ?? null;
  }

  /** Ask for versions; resolves when all that were asked for are known. */
  want(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      if (!this._known.has(id)) {
        this._wanted.add(id);
      }
    }
    this._running ??= this._run().finally(() => (this._running = null));
    return this._running;
  }

  private async _run(): Promise<void> {
    while (this._wanted.size) {
      const ids = [...this._wanted].slice(0, BATCH);
      const found = await this._ask(ids).catch(() => ({}) as Record<string, IVersionChange>);
      const told = ids.filter(id => id in found);
      // The server may have stopped after some. One that it never tells is not asked for again.
      const done = told.length ? told : ids;
      for (const id of done) {
        this._known.set(id, found[id] ?? null);
        this._wanted.delete(id);
      }
      this._onNews(done);
    }
  }
}
