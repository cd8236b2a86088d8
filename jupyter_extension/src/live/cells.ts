/**
 * Bring the cells of an open notebook to a wanted state with as few edits as possible.
 *
 * A cell that gets other outputs or attachments becomes a new cell. Two facts about Jupyter 4 make
 * this necessary for outputs: every page joins an output that is inserted into a cell with the stream
 * that the cell has, and writes the joined text back (the output appears twice, once more for each
 * page); and a cell that was trusted when its model was made stays trusted on every page, whatever
 * outputs it gets. Jupyter keeps attachments in a model of its own, too.
 */
import type { ISharedCell, ISharedCodeCell, ISharedNotebook, SharedCell } from '@jupyter/ydoc';
import type { ICell } from '../shared/notebook';
import { joinLines } from '../shared/notebook';
import { enterCell, hasOutputs, isSame } from './entering';
import { findRising } from './rising';
import { findSplices } from './splices';

/** A cell that is wanted; `id` says which cell of the open notebook it comes from. */
export interface IWanted {
  id: string | null;
  cell: ICell;
}

/** Return the open cells as they are, to come back to. */
export function copyCells(shared: ISharedNotebook): IWanted[] {
  return shared.cells.map(cell => ({
    id: cell.getId(),
    cell: cell.toJSON() as unknown as ICell
  }));
}

/**
 * Apply the wanted cells in one transaction, and so in one step of undo.
 *
 * Cells that stay keep their objects, and with them what others type there at the same time.
 */
export function applyCells(shared: ISharedNotebook, wanted: readonly IWanted[]): void {
  const live = new Map(shared.cells.map((cell, at) => [cell.getId(), { cell, at }]));
  const found = wanted.map(({ id }) => live.get(id ?? ''));
  const ids = chooseIds(wanted);
  const cells = wanted.map(({ cell }, at) => enterCell(cell, found[at]?.cell));
  const places = found.map((one, at) =>
    one && ids[at] === wanted[at].id && isFit(one.cell, cells[at]) ? one.at : -1
  );
  const fresh = (from: number, to: number): SharedCell.Cell[] =>
    cells.slice(from, to).map((cell, n) => withId(cell, ids[from + n]));
  shared.transact(() => {
    let endLive = shared.cells.length;
    let endWanted = wanted.length;
    for (const at of findRising(places).reverse()) {
      replaceCells(shared, places[at] + 1, endLive, fresh(at + 1, endWanted));
      editCell(shared.getCell(places[at]), cells[at]);
      endLive = places[at];
      endWanted = at;
    }
    replaceCells(shared, 0, endLive, fresh(0, endWanted));
  });
}

/** Insert a cell that no version of this notebook vouches for; its ID is a new one. */
export function insertCell(shared: ISharedNotebook, at: number, cell: ICell): void {
  shared.insertCell(at, withId(enterCell(cell), null));
}

/** Return the ID of each wanted cell: its own unless another cell has that; null for a new ID. */
function chooseIds(wanted: readonly IWanted[]): (string | null)[] {
  const taken = new Set<string>();
  const claim = (id: string | null | undefined): string | null => {
    if (!id || taken.has(id)) {
      return null;
    }
    taken.add(id);
    return id;
  };
  // First the cells that stay what they are.
  const same = wanted.map(({ id, cell }) => (cell.id === id ? claim(id) : null));
  return wanted.map(({ id, cell }, at) => same[at] ?? claim(cell.id) ?? claim(id));
}

/** Return whether a cell can become the wanted one and stay the same object. */
function isFit(live: ISharedCell, wanted: ICell): boolean {
  const attachments = 'getAttachments' in live ? live.getAttachments() : undefined;
  return (
    live.cell_type === wanted.cell_type &&
    hasOutputs(live, wanted) &&
    isSame(attachments, wanted.attachments)
  );
}

function withId(cell: ICell, id: string | null): SharedCell.Cell {
  const copy = { ...cell };
  delete copy.id;
  return (id ? { ...copy, id } : copy) as unknown as SharedCell.Cell;
}

function replaceCells(
  shared: ISharedNotebook,
  from: number,
  to: number,
  cells: SharedCell.Cell[]
): void {
  if (to > from) {
    shared.deleteCellRange(from, to);
  }
  if (cells.length) {
    shared.insertCells(from, cells);
  }
}

function editCell(live: ISharedCell, wanted: ICell): void {
  const source = live.getSource();
  for (const { from, to, text } of findSplices(source, joinLines(wanted.source)).reverse()) {
    live.updateSource(from, to, text);
  }
  if (!isSame(live.getMetadata(), wanted.metadata)) {
    (live as { setMetadata(value: unknown): void }).setMetadata(wanted.metadata);
  }
  if (live.cell_type === 'code') {
    (live as ISharedCodeCell).execution_count = wanted.execution_count ?? null;
  }
}
