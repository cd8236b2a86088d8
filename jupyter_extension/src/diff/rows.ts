/**
 * From the entries of a diff to the rows of a page.
 *
 *     entries  = = = m = + = >        (= unchanged, m modified, + added, > moved here)
 *     rows     [3 unchanged] m [1 unchanged] + [1 unchanged] >
 *
 * A moved cell is one row at its new place; at its old place is a ghost that leads there.
 */
import type { ICell } from '../shared/notebook';
import { joinLines } from '../shared/notebook';
import type { ICellDiff, INotebookDiff } from './format';
import type { NoiseKeys } from './noise';
import { filterNoise, isNoisy } from './noise';

export interface ICellRow {
  kind: 'cell';
  /** Index of the entry in the diff. */
  entry: number;
}

export interface IFoldRow {
  kind: 'fold';
  entries: number[];
  /** How many of them differ in noise. */
  noisy: number;
}

export interface IGhostRow {
  kind: 'ghost';
  entry: number;
  before: number;
}

export interface INotebookRow {
  kind: 'notebook';
}

export type Row = ICellRow | IFoldRow | IGhostRow | INotebookRow;

/** Return whether an entry is drawn as a change. */
export function isChange(entry: ICellDiff): boolean {
  return entry.change !== 'unchanged' || entry.moved;
}

/** Return whether anything outside the cells changed, except noise; null counts noise, too. */
export function hasNotebookChanged(diff: INotebookDiff, noise: NoiseKeys | null): boolean {
  return (
    [
      ...filterNoise(diff.metadata, noise?.['notebook metadata']),
      ...filterNoise(diff.notebook, noise?.notebook)
    ].length > 0
  );
}

/** Return the entries that must be drawn, in reading order. */
export function findChanges(diff: INotebookDiff): number[] {
  return diff.cells.flatMap((entry, index) => (isChange(entry) ? [index] : []));
}

/**
 * Lay a diff out; every entry is in exactly one cell row or fold.
 *
 * Args:
 *   noise: What counts as noise; with null, cells that differ in noise get rows of their own.
 */
export function layOut(diff: INotebookDiff, noise: NoiseKeys | null): Row[] {
  const rows: Row[] = hasNotebookChanged(diff, noise) ? [{ kind: 'notebook' }] : [];
  const ghosts = findGhosts(diff);
  let fold: IFoldRow | null = null;
  const addGhosts = (behind: number): void => {
    for (const ghost of ghosts.get(behind) ?? []) {
      rows.push(ghost);
      fold = null;
    }
  };
  addGhosts(-1);
  diff.cells.forEach((entry, index) => {
    const noisy = isNoisy(entry);
    if (isChange(entry) || (!noise && noisy)) {
      rows.push({ kind: 'cell', entry: index });
      fold = null;
    } else if (fold) {
      fold.entries.push(index);
      fold.noisy += noisy ? 1 : 0;
    } else {
      fold = { kind: 'fold', entries: [index], noisy: noisy ? 1 : 0 };
      rows.push(fold);
    }
    addGhosts(index);
  });
  return rows;
}

/** Return for each entry the moved cells that followed it in the notebook before. */
function findGhosts(diff: INotebookDiff): Map<number, IGhostRow[]> {
  const staying: { before: number; entry: number }[] = [];
  const moved: IGhostRow[] = [];
  diff.cells.forEach((entry, index) => {
    if (entry.moved) {
      moved.push({ kind: 'ghost', entry: index, before: entry.before[0] });
    } else if (entry.before.length) {
      staying.push({ before: entry.before[entry.before.length - 1], entry: index });
    }
  });
  staying.sort((a, b) => a.before - b.before);
  moved.sort((a, b) => a.before - b.before);
  const ghosts = new Map<number, IGhostRow[]>();
  let at = 0;
  for (const ghost of moved) {
    while (at < staying.length && staying[at].before < ghost.before) {
      at += 1;
    }
    const behind = at ? staying[at - 1].entry : -1;
    ghosts.set(behind, [...(ghosts.get(behind) ?? []), ghost]);
  }
  return ghosts;
}

/** Return the last heading in cells, to name what a fold hides; null if there is none. */
export function findLastHeading(cells: readonly (ICell | undefined)[]): string | null {
  for (const cell of [...cells].reverse()) {
    if (cell?.cell_type === 'markdown') {
      const found = joinLines(cell.source).match(/^#{1,6}[ \t]+(.+?)[ \t#]*$/m);
      if (found) {
        return found[1].slice(0, 80);
      }
    }
  }
  return null;
}

/** Estimate the pixels that cells will take, for the scroll bar before they are drawn. */
export function estimateHeight(cells: readonly (ICell | undefined)[]): number {
  let height = 48;
  for (const cell of cells) {
    height += Math.min(joinLines(cell?.source).split('\n').length, 60) * 18;
    for (const output of cell?.outputs ?? []) {
      const image = Object.keys(output.data ?? {}).some(mime => mime.startsWith('image/'));
      height += image ? 280 : 60;
    }
  }
  return Math.min(height, 1600);
}
