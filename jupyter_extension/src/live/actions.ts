/** Restore a cell or a version into an open notebook, with a checkpoint before and undo. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { INotebookDiff } from '../diff/format';
import { countChanges } from '../diff/summary';
import { formatCounts } from '../diff/words';
import * as server from '../server/calls';
import type { IDiffAnswer } from '../server/comparing';
import type { ICell } from '../shared/notebook';
import type { IOffer } from '../shared/tell';
import { askToConfirm, notify, notifyProblem } from '../shared/tell';
import type { IApplied, LiveNotebook } from './document';
import { isSame } from './entering';
import { MovedOn, planCell, planVersion } from './restoring';

export interface IShown {
  diff: INotebookDiff;
  before: readonly ICell[];
  after: readonly ICell[];
  /** The metadata of the notebook before. */
  metadata?: Record<string, unknown>;
  label: string;
}

/** Return what is shown in a comparison that the server answered. */
export function findShown({ diff, before, after }: IDiffAnswer, label = before.label): IShown {
  return {
    diff,
    before: before.notebook?.cells ?? [],
    after: after.notebook?.cells ?? [],
    metadata: before.notebook?.metadata,
    label
  };
}

/** Restore one cell; return whether it was restored. */
export function restoreCell(
  live: LiveNotebook,
  shown: IShown,
  entry: number,
  trans: TranslationBundle
): boolean {
  const { diff, before, after } = shown;
  const was = live.cells();
  const wanted = attemptTo(() => planCell(diff, entry, before, after, was), trans);
  if (!wanted) {
    return false;
  }
  const applied = attemptTo(() => live.apply(wanted), trans);
  if (!applied) {
    return false;
  }
  notify(trans.__('The cell is as it was: %1.', shown.label), offerUndo(applied, trans));
  return true;
}

/** Restore a version after a question and a checkpoint; return whether it was restored. */
export async function restoreVersion(
  live: LiveNotebook,
  shown: IShown,
  trans: TranslationBundle
): Promise<boolean> {
  const was = live.cells();
  const { diff, before, after } = shown;
  const wanted = attemptTo(() => planVersion(diff, before, after, was), trans);
  if (!wanted) {
    return false;
  }
  const what = formatCounts(countChanges(diff), trans);
  const sure = await askToConfirm(
    trans.__('Restore “%1”?', shown.label),
    trans.__(
      'The open notebook becomes what it was then (%1 between the two). What it is now is saved as a checkpoint first.',
      what || trans.__('no changed cell')
    ),
    trans.__('Restore'),
    trans
  );
  if (!sure) {
    return false;
  }
  const message = trans.__('Before restoring %1', shown.label);
  const keep = (notebook: unknown) =>
    server.createCheckpoint({ path: live.path, message, notebook });
  let applied: IApplied | null = null;
  try {
    const kept = live.toJSON();
    await keep(kept);
    // Others type meanwhile: the notebook that is replaced may not be the one that was saved.
    const replaced = live.toJSON();
    applied = attemptTo(() => live.apply(wanted, shown.metadata), trans);
    if (!applied) {
      return false;
    }
    if (!isSame(kept, replaced)) {
      await keep(replaced);
    }
  } catch (error) {
    applied?.undo();
    notifyProblem(error);
    return false;
  }
  notify(trans.__('The notebook is as it was: %1.', shown.label), offerUndo(applied, trans));
  return true;
}

function offerUndo(applied: IApplied, trans: TranslationBundle): IOffer {
  return {
    label: trans.__('Undo'),
    act: () => {
      if (applied.isCurrent()) {
        applied.undo();
      } else {
        const text = trans.__(
          'The notebook has changed since: use Edit → Undo, or compare again.'
        );
        notifyProblem(new Error(text));
      }
    }
  };
}

function attemptTo<T>(work: () => T, trans: TranslationBundle): T | null {
  try {
    return work();
  } catch (error) {
    const text = trans.__(
      'The notebook has changed since this comparison: compare again first.'
    );
    notifyProblem(error instanceof MovedOn ? new Error(text) : error);
    return null;
  }
}
