/** A comparison as it is drawn; the server sends only what the browser lacks. */
import type { ICell, INotebook } from '../shared/notebook';
import type { IComparedSide, IComparison, Side } from './contract';

export interface IDiffSide extends Omit<IComparedSide, 'notebook'> {
  notebook: INotebook | null;
}

export interface IDiffAnswer extends Omit<IComparison, 'before' | 'after'> {
  before: IDiffSide;
  after: IDiffSide;
}

/** Put the notebooks that were sent, and the cells that both sides have alike, into an answer. */
export function fillSides(answer: IComparison, before: Side, after: Side): IDiffAnswer {
  const [old, now] = [fillSide(answer.before, before), fillSide(answer.after, after)];
  const [oldCells, nowCells] = [old.notebook?.cells, now.notebook?.cells];
  for (const entry of answer.diff.cells) {
    if (oldCells && nowCells && entry.before.length === 1 && entry.after.length === 1) {
      oldCells[entry.before[0]] ??= nowCells[entry.after[0]];
    }
  }
  return { ...answer, before: old, after: now };
}

function fillSide(answer: IComparedSide, side: Side): IDiffSide {
  const notebook = side.kind === 'content' ? side.notebook : answer.notebook;
  return { ...answer, notebook: (notebook ?? null) as INotebook<ICell> | null };
}

/**
 * Return a side as it would be saved: an open notebook has `"trusted"` in the metadata of each cell,
 * which no saved one has, so that all cells would differ in noise.
 */
export function asSaved(side: Side): Side {
  if (side.kind !== 'content') {
    return side;
  }
  const notebook = side.notebook as INotebook<ICell> | null;
  if (!Array.isArray(notebook?.cells)) {
    return side; // the server says what is wrong with it
  }
  const cells = notebook.cells.map(cell => {
    if (!cell?.metadata || !('trusted' in cell.metadata)) {
      return cell;
    }
    const metadata = { ...cell.metadata };
    delete metadata.trusted;
    return { ...cell, metadata };
  });
  return { ...side, notebook: { ...notebook, cells } };
}
