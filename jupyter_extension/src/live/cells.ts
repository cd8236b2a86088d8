/** Bring the cells of an open notebook to a wanted state with as few edits as needed. */
import type { ISharedCell, ISharedCodeCell, ISharedNotebook, SharedCell } from '@jupyter/ydoc';
import { JSONExt } from '@lumino/coreutils';
import type { PartialJSONValue } from '@lumino/coreutils';
import type { ICell } from '../diff/format';
import { textOf } from '../diff/format';

/** A cell that is wanted; `id` says which cell of the open notebook it comes from. */
export interface IWanted {
  id: string | null;
  cell: ICell;
}

/** The open cells as they are, to come back to. */
export function snapshot(shared: ISharedNotebook): IWanted[] {
  return shared.cells.map(cell => ({
    id: cell.getId(),
    cell: cell.toJSON() as unknown as ICell
  }));
}

/**
 * One transaction, so one step of undo. Cells that stay keep their objects, and with them what
 * others type in there at the same time; in their text only what differs is replaced.
 */
export function applyCells(shared: ISharedNotebook, wanted: readonly IWanted[]): void {
  const ids = shared.cells.map(cell => cell.getId());
  const places = new Map(ids.map((id, at) => [id, at]));
  const staying = rising(wanted.map(({ id }) => (id === null ? -1 : (places.get(id) ?? -1))));
  shared.transact(() => {
    let endLive = ids.length;
    let endWanted = wanted.length;
    for (const at of [...staying].reverse()) {
      const live = places.get(wanted[at].id ?? '') ?? 0;
      replaceCells(shared, live + 1, endLive, wanted.slice(at + 1, endWanted));
      editCell(shared, live, wanted[at].cell);
      endLive = live;
      endWanted = at;
    }
    replaceCells(shared, 0, endLive, wanted.slice(0, endWanted));
  });
}

function replaceCells(
  shared: ISharedNotebook,
  from: number,
  to: number,
  wanted: readonly IWanted[]
): void {
  if (to > from) {
    shared.deleteCellRange(from, to);
  }
  if (wanted.length) {
    const taken = new Set(shared.cells.map(cell => cell.getId()));
    shared.insertCells(
      from,
      wanted.map(({ id, cell }) => newCell(cell, id, taken))
    );
  }
}

function newCell(cell: ICell, id: string | null, taken: Set<string>): SharedCell.Cell {
  const own = id ?? cell.id;
  const copy = { ...cell, source: textOf(cell.source) } as unknown as Record<string, unknown>;
  delete copy.id;
  if (own && !taken.has(own)) {
    copy.id = own;
    taken.add(own);
  }
  return copy as unknown as SharedCell.Cell;
}

/** Edit in place what differs; a cell of another type is replaced. */
function editCell(shared: ISharedNotebook, at: number, wanted: ICell): void {
  const live = shared.getCell(at);
  if (live.cell_type !== wanted.cell_type) {
    replaceCells(shared, at, at + 1, [{ id: null, cell: wanted }]);
    return;
  }
  editSource(live, textOf(wanted.source));
  const metadata = wanted.metadata ?? {};
  if (!same(live.getMetadata(), metadata)) {
    (live as { setMetadata(value: unknown): void }).setMetadata(metadata);
  }
  if (live.cell_type === 'code') {
    const code = live as ISharedCodeCell;
    if (!same(code.getOutputs(), wanted.outputs ?? [])) {
      code.setOutputs(
        (wanted.outputs ?? []) as unknown as Parameters<typeof code.setOutputs>[0]
      );
    }
    code.execution_count = wanted.execution_count ?? null;
  } else if ('setAttachments' in live && !same(attachments(live), wanted.attachments)) {
    live.setAttachments(wanted.attachments as Parameters<typeof live.setAttachments>[0]);
  }
}

function attachments(cell: ISharedCell): unknown {
  return 'getAttachments' in cell ? cell.getAttachments() : undefined;
}

function same(a: unknown, b: unknown): boolean {
  return (
    a === b ||
    JSONExt.deepEqual((a ?? null) as PartialJSONValue, (b ?? null) as PartialJSONValue)
  );
}

function editSource(cell: ISharedCell, wanted: string): void {
  const live = cell.getSource();
  if (live === wanted) {
    return;
  }
  const most = Math.min(live.length, wanted.length);
  let head = 0;
  while (head < most && live[head] === wanted[head]) {
    head += 1;
  }
  let tail = 0;
  while (
    tail < most - head &&
    live[live.length - 1 - tail] === wanted[wanted.length - 1 - tail]
  ) {
    tail += 1;
  }
  cell.updateSource(head, live.length - tail, wanted.slice(head, wanted.length - tail));
}

/** Positions of a longest rising run among the places that are not -1. */
export function rising(places: readonly number[]): number[] {
  const tails: number[] = [];
  const before: number[] = new Array<number>(places.length).fill(-1);
  places.forEach((place, at) => {
    if (place < 0) {
      return;
    }
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (places[tails[middle]] < place) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    before[at] = low ? tails[low - 1] : -1;
    tails[low] = at;
  });
  const run: number[] = [];
  for (let at = tails.length ? tails[tails.length - 1] : -1; at >= 0; at = before[at]) {
    run.push(at);
  }
  return run.reverse();
}
