import { describe, expect, it } from 'vitest';
import type { ICell } from '../shared/notebook';
import type { ICellDiff, INotebookDiff, PathOp } from './format';
import { countNoise, filterNoise, isNoisy } from './noise';
import { findChanges, findLastHeading, hasNotebookChanged, isChange, layOut } from './rows';
import { countChanges, findFirstLine, findMark, listChanges } from './summary';
import { formatCounts } from './words';

type Entry = Partial<ICellDiff> & Pick<ICellDiff, 'change'>;

const trans = {
  __: (text: string, ...args: unknown[]) => text.replace('%1', String(args[0]))
} as never;
const noise = {
  notebook: ['nbformat_minor'],
  'notebook metadata': ['kernelspec'],
  'cell metadata': ['collapsed']
};
const edit = (key: string): PathOp => ({ op: 'replace', path: [key], value: 1 });
const cell = (source: string, cell_type = 'code'): ICell => ({
  cell_type,
  source,
  metadata: {}
});

/** A diff of entries in order; each has the next cells of both sides unless it says which. */
function diffOf(entries: Entry[], more: Partial<INotebookDiff> = {}): INotebookDiff {
  const next = { before: 0, after: 0 };
  const cells = entries.map(entry => {
    const before = entry.before ?? (entry.change === 'added' ? [] : [next.before]);
    const after = entry.after ?? (entry.change === 'removed' ? [] : [next.after]);
    next.before += entry.before ? 0 : before.length;
    next.after += entry.after ? 0 : after.length;
    return { moved: false, ...entry, before, after };
  });
  const side = { name: null, nbformat: 4, nbformat_minor: 5, cells: 0 };
  const rest = { before: side, after: side, notebook: [], metadata: [] };
  return { format: 'nbvc-diff', version: 1, ...rest, cells, ...more };
}

describe('the rows of a page', () => {
  it('fold what is unchanged, and have a ghost where a cell was moved from', () => {
    const diff = diffOf([
      { change: 'unchanged', before: [1], after: [0] },
      { change: 'modified', before: [2], after: [1] },
      { change: 'unchanged', before: [3], after: [2] },
      { change: 'unchanged', id: {}, before: [4], after: [3] },
      { change: 'unchanged', moved: true, before: [0], after: [4] }
    ]);
    expect(layOut(diff, noise)).toEqual([
      { kind: 'ghost', entry: 4, before: 0 },
      { kind: 'fold', entries: [0], noisy: 0 },
      { kind: 'cell', entry: 1 },
      { kind: 'fold', entries: [2, 3], noisy: 1 },
      { kind: 'cell', entry: 4 }
    ]);
    expect(layOut(diff, null).map(row => row.kind)).toEqual([
      'ghost',
      'fold',
      'cell',
      'fold',
      'cell',
      'cell'
    ]);
    expect(findChanges(diff)).toEqual([1, 4]);
  });
  it('have each entry once', () => {
    const entries = ['unchanged', 'added', 'removed', 'split', 'joined'] as const;
    const diff = diffOf(entries.map(change => ({ change })));
    const shown = layOut(diff, noise).flatMap(row =>
      row.kind === 'cell' ? [row.entry] : row.kind === 'fold' ? row.entries : []
    );
    expect(shown).toEqual([0, 1, 2, 3, 4]);
  });
  it.each([
    [{ metadata: [edit('title')] }, true, true],
    [{ metadata: [edit('kernelspec')] }, false, true],
    [{ notebook: [edit('nbformat_minor')] }, false, true],
    [{ notebook: [edit('odd')] }, true, true],
    [{}, false, false]
  ])('show the notebook itself for %j', (more, quiet, all) => {
    expect(hasNotebookChanged(diffOf([], more), noise)).toBe(quiet);
    expect(hasNotebookChanged(diffOf([], more), null)).toBe(all);
  });
  it('name a fold after the last heading', () => {
    const cells = [cell('# One', 'markdown'), cell('## Two ##', 'markdown'), cell('# no')];
    expect(findLastHeading(cells)).toBe('Two');
    expect(findLastHeading([cell('# no'), undefined])).toBeNull();
  });
});

describe('what a diff says in numbers', () => {
  it('counts a cell that moved and changed in both', () => {
    const diff = diffOf([
      { change: 'modified', moved: true },
      { change: 'added' },
      { change: 'removed' },
      { change: 'unchanged' }
    ]);
    const counts = { changed: 1, moved: 1, added: 1, removed: 1, split: 0, joined: 0 };
    expect(countChanges(diff)).toEqual(counts);
    expect(formatCounts(counts, trans)).toBe('1 changed, 1 added, 1 removed, 1 moved');
  });
  it.each([
    [{ change: 'modified' }, 'changed', true],
    [{ change: 'removed' }, 'removed', true],
    [{ change: 'unchanged', moved: true }, 'moved', true],
    [{ change: 'unchanged' }, 'unchanged', false],
    [{ change: 'split' }, 'split', true]
  ] as [Entry, string, boolean][])('marks %o', (entry, mark, change) => {
    const [one] = diffOf([entry]).cells;
    expect(findMark(one)).toBe(mark);
    expect(isChange(one)).toBe(change);
  });
  it('lists the changes by their first lines', () => {
    const diff = diffOf([{ change: 'unchanged' }, { change: 'removed' }, { change: 'added' }]);
    const [before, after] = [
      [cell('a'), cell('\n  gone\nx')],
      [cell('a'), cell('new')]
    ];
    expect(listChanges(diff, before, after)).toEqual([
      { entry: 1, mark: 'removed', moved: false, text: 'gone', before: [2], after: [] },
      { entry: 2, mark: 'added', moved: false, text: 'new', before: [], after: [2] }
    ]);
    expect(findFirstLine(undefined)).toBe('');
  });
});

describe('noise', () => {
  it('is what the server names', () => {
    const ops = [edit('collapsed'), edit('tags')];
    expect(filterNoise(ops, noise['cell metadata'])).toEqual([edit('tags')]);
    expect(filterNoise(undefined, [])).toEqual([]);
    expect(countNoise({ metadata: ops, id: {}, execution_count: {} }, noise)).toBe(3);
  });
  it('is in an unchanged cell with parts', () => {
    const [quiet, loud, changed] = diffOf([
      { change: 'unchanged' },
      { change: 'unchanged', execution_count: {} },
      { change: 'modified', execution_count: {} }
    ]).cells;
    expect([quiet, loud, changed].map(isNoisy)).toEqual([false, true, false]);
  });
});
