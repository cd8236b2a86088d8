/** Which cells of a table changed. Tables come as texts, row by row. */

export interface IChangedCells {
  before: Set<string>;
  after: Set<string>;
}

const KEY = (row: number, column: number): string => `${row},${column}`;
const MOST = 400;

/**
 * Compare by row and column; keys are "row,column". Rows are paired by their first text and then
 * in order, so that an inserted row does not mark all that follow.
 */
export function changedCells(before: string[][], after: string[][]): IChangedCells {
  const changed: IChangedCells = { before: new Set(), after: new Set() };
  for (const [i, j] of pairedRows(before, after)) {
    const a = i === null ? [] : before[i];
    const b = j === null ? [] : after[j];
    for (let column = 0; column < Math.max(a.length, b.length); column++) {
      if (a[column] !== b[column]) {
        if (i !== null && column < a.length) {
          changed.before.add(KEY(i, column));
        }
        if (j !== null && column < b.length) {
          changed.after.add(KEY(j, column));
        }
      }
    }
  }
  return changed;
}

function pairedRows(before: string[][], after: string[][]): [number | null, number | null][] {
  if (before.length === after.length || Math.max(before.length, after.length) > MOST) {
    const rows = Math.max(before.length, after.length);
    return Array.from({ length: rows }, (_, row) => [
      row < before.length ? row : null,
      row < after.length ? row : null
    ]);
  }
  return byLongestOrder(
    before.map(row => row[0] ?? ''),
    after.map(row => row[0] ?? '')
  );
}

/** Longest common subsequence of the row labels; tables shown in a notebook are short. */
function byLongestOrder(a: string[], b: string[]): [number | null, number | null][] {
  const best = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      best[i][j] =
        a[i] === b[j] ? best[i + 1][j + 1] + 1 : Math.max(best[i + 1][j], best[i][j + 1]);
    }
  }
  const pairs: [number | null, number | null][] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      pairs.push([i++, j++]);
    } else if (j < b.length && (i === a.length || best[i][j + 1] >= best[i + 1][j])) {
      pairs.push([null, j++]);
    } else {
      pairs.push([i++, null]);
    }
  }
  return pairs;
}
