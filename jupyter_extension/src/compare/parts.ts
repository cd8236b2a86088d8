/** The parts of a cell that are restored. */
import type { ICellDiff } from '../diff/format';
import type { IShown } from '../live/actions';
import type { ICell } from '../shared/notebook';

export type Part = 'both' | 'source' | 'outputs';

/** Return whether source and outputs of an entry can be restored apart from each other. */
export function hasParts(entry: ICellDiff): boolean {
  return (
    entry.change === 'modified' &&
    entry.before.length === 1 &&
    entry.after.length === 1 &&
    Boolean(entry.source?.length) &&
    Boolean(entry.outputs?.some(output => output.change !== 'unchanged'))
  );
}

/** Return a comparison in whose version before only a part of the cell differs from now. */
export function takePart(shown: IShown, index: number, part: Part): IShown {
  const entry = shown.diff.cells[index];
  if (part === 'both' || !hasParts(entry)) {
    return shown;
  }
  const was = shown.before[entry.before[0]];
  const now = shown.after[entry.after[0]];
  const cell: ICell =
    part === 'source'
      ? { ...now, source: was.source }
      : { ...now, outputs: was.outputs, execution_count: was.execution_count };
  const before = [...shown.before];
  before[entry.before[0]] = cell;
  return { ...shown, before };
}
