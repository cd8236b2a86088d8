import { describe, expect, it } from 'vitest';
import { foldReturns } from '../shared/bundle';
import { joinLines } from '../shared/notebook';
import type { ICellDiff, INotebookDiff } from './format';
import { findChanges, isChange } from './rows';
import { countChanges, findFirstLine, findMark } from './summary';
import { compareLines, findSpans, listLines, toUnits } from './text';

const entry = (change: ICellDiff['change'], moved = false): ICellDiff => ({
  change,
  moved,
  before: change === 'added' ? [] : [0],
  after: change === 'removed' ? [] : [0]
});
const diffOf = (...cells: ICellDiff[]): INotebookDiff =>
  ({
    format: 'nbvc-diff',
    version: 1,
    notebook: [],
    metadata: [],
    cells
  }) as unknown as INotebookDiff;

describe('what a diff says in numbers', () => {
  it('counts a cell that moved and changed in both', () => {
    const diff = diffOf(
      entry('modified', true),
      entry('added'),
      entry('removed'),
      entry('unchanged')
    );
    expect(countChanges(diff)).toEqual({
      changed: 1,
      moved: 1,
      added: 1,
      deleted: 1,
      split: 0,
      joined: 0
    });
    expect(findChanges(diff)).toEqual([0, 1, 2]);
  });
  it.each([
    [entry('modified'), 'changed', true],
    [entry('removed'), 'deleted', true],
    [entry('unchanged', true), 'moved', true],
    [entry('unchanged'), 'unchanged', false],
    [entry('split'), 'split', true]
  ] as const)('marks %o', (one, mark, change) => {
    expect(findMark(one)).toBe(mark);
    expect(isChange(one)).toBe(change);
  });
});

describe('text', () => {
  it('joins lists of lines', () => {
    expect(joinLines(['a\n', 'b'])).toBe('a\nb');
    expect(joinLines('a')).toBe('a');
    expect(
      findFirstLine({ cell_type: 'code', source: '\n  x = 1\ny', metadata: {} })
    ).toContain('x = 1');
  });
  it('turns code points into units of a string', () => {
    expect(toUnits('a😀b', [0, 1, 2, 3])).toEqual([0, 1, 3, 4]);
  });
  it('survives a paragraph added after the last line', () => {
    const [before, after] = ['Some text here.', 'Some text here.\n\nMore text.'];
    const ops = compareLines(before, after);
    const added = listLines(ops, before)
      .map(line => JSON.stringify(line))
      .join();
    expect(added).toContain('More text.');
    expect(() => findSpans(ops, before, after)).not.toThrow();
  });
  it('shows what a terminal would have left', () => {
    expect(foldReturns('10%\r20%\r30%\n')).toBe('30%\n');
  });
});
