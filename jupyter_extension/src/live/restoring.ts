/** The cells that an open notebook must have to restore a version, or one cell of it. */
import type { INotebookDiff } from '../diff/format';
import type { ICell } from '../shared/notebook';
import { joinLines } from '../shared/notebook';
import type { IWanted } from './cells';

/** Raised if the open notebook is no longer what the comparison shows. */
export class MovedOn extends Error {}

/** Return the version before, whole. Cells that were paired stay the cells they are. */
export function planVersion(
  diff: INotebookDiff,
  before: readonly ICell[],
  after: readonly ICell[],
  live: readonly IWanted[]
): IWanted[] {
  if (!hasCells(after, live)) {
    throw new MovedOn();
  }
  const wanted: IWanted[] = before.map(cell => ({ id: null, cell }));
  for (const entry of diff.cells) {
    if (entry.before.length === 1 && entry.after.length === 1) {
      wanted[entry.before[0]].id = live[entry.after[0]].id;
    }
  }
  return wanted;
}

/** Return one entry as it was before, and all other cells as they are now. */
export function planCell(
  diff: INotebookDiff,
  index: number,
  before: readonly ICell[],
  after: readonly ICell[],
  live: readonly IWanted[]
): IWanted[] {
  const entry = diff.cells[index];
  const places = entry.after.map(at => findPlace(after[at], at, live));
  const cells = entry.before.map(at => ({ id: null as string | null, cell: before[at] }));
  if (places.length === 1 && cells.length === 1) {
    cells[0].id = live[places[0]].id;
  }
  const wanted = [...live];
  if (places.length) {
    wanted.splice(places[0], places.length, ...cells);
    return wanted;
  }
  const previous = [...diff.cells.slice(0, index)].reverse().find(other => other.after.length);
  const last = previous?.after[previous.after.length - 1];
  const at = last === undefined ? 0 : findPlace(after[last], last, live) + 1;
  wanted.splice(at, 0, ...cells);
  return wanted;
}

/** Return the place of a cell of the comparison in the open notebook, by its place or its ID. */
function findPlace(cell: ICell, at: number, live: readonly IWanted[]): number {
  if (live[at] && isEqual(live[at].cell, cell)) {
    return at;
  }
  const byId = cell.id ? live.findIndex(({ id }) => id === cell.id) : -1;
  if (byId >= 0 && isEqual(live[byId].cell, cell)) {
    return byId;
  }
  throw new MovedOn();
}

function hasCells(after: readonly ICell[], live: readonly IWanted[]): boolean {
  return (
    after.length === live.length && after.every((cell, at) => isEqual(cell, live[at].cell))
  );
}

function isEqual(a: ICell, b: ICell): boolean {
  return a.cell_type === b.cell_type && joinLines(a.source) === joinLines(b.source);
}
