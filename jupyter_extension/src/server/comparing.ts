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

/** A side as the page asks for it: of a file that is open and not edited, it has the notebook. */
export type AskedSide = Side | { kind: 'disk'; notebook: unknown };

/** Put the notebooks that were sent, and the cells that both sides have alike, into an answer. */
export function fillSides(
  answer: IComparison,
  before: AskedSide,
  after: AskedSide
): IDiffAnswer {
  const [old, now] = [fillSide(answer.before, before), fillSide(answer.after, after)];
  const [oldCells, nowCells] = [old.notebook?.cells, now.notebook?.cells];
  const open = 'notebook' in after ? (after.notebook as INotebook<ICell> | null)?.cells : [];
  for (const entry of answer.diff.cells) {
    if (oldCells && nowCells && entry.before.length === 1 && entry.after.length === 1) {
      nowCells[entry.after[0]] ??= open?.[entry.after[0]] as ICell;
      oldCells[entry.before[0]] ??= nowCells[entry.after[0]];
    }
  }
  return { ...answer, before: old, after: now };
}

function fillSide(answer: IComparedSide, side: AskedSide): IDiffSide {
  const notebook = side.kind === 'content' ? side.notebook : answer.notebook;
  return { ...answer, notebook: (notebook ?? null) as INotebook<ICell> | null };
}

/**
 * Return a side with its notebook as it would be saved: an open notebook has `"trusted"` in the
 * metadata of each cell, which no saved one has, so that all cells would differ in noise.
 */
export function asSaved(side: AskedSide): AskedSide {
  if (!('notebook' in side)) {
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

/** Return a side as it is sent: without a notebook that the server can read from the disk. */
export function asSent(side: AskedSide): Side {
  return side.kind === 'disk' && 'notebook' in side ? { kind: 'disk', known: true } : side;
}
