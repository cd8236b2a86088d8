import { describe, expect, it } from 'vitest';
import type { IChangedCells } from '../server/contract';
import { CellChoice, NOTEBOOK } from './choice';

function makeList(keys: string, more: Partial<IChangedCells> = {}): IChangedCells {
  const cells = [...keys].map((key, entry) => ({
    key,
    entry,
    change: 'modified' as const,
    moved: false,
    numbers: [entry + 1],
    text: key,
    added: 1,
    removed: 1,
    outputs: false
  }));
  const plain = { state: keys, is_new: false, partly_staged: false, notebook: false };
  return { ...plain, cells, staged: [], staged_notebook: false, ...more };
}

describe('the choice of cells', () => {
  it('is that of the file until a cell is chosen', () => {
    const choice = new CellChoice();
    expect(choice.extent(true, false)).toBe('all');
    expect(choice.isWhole(true, false)).toBe(true);
    expect(choice.extent(false, false)).toBe('none');
    choice.show(makeList('abc'));
    choice.setAll(true);
    expect(choice.extent(false, false)).toBe('all');
    choice.set('b', false);
    expect(choice.extent(false, false)).toBe('some');
    expect(choice.pick('n', makeList('abc'), false)).toEqual({
      name: 'n',
      state: 'abc',
      cells: [0, 2],
      notebook: false
    });
  });

  it('stays while the list is read anew, and takes nothing that nobody has seen', () => {
    const choice = new CellChoice();
    choice.show(makeList('abc', { notebook: true }));
    choice.setAll(false);
    choice.set('c', true);
    choice.set(NOTEBOOK, true);
    expect(choice.count(true)).toEqual([2, 4]);
    const later = makeList('xacy', { notebook: true });
    expect(choice.pick('n', later, true)).toMatchObject({ cells: [2], notebook: true });
    choice.setAll(true);
    choice.set('a', false);
    expect(choice.pick('n', later, true)).toMatchObject({ cells: [2], notebook: true });
    choice.show(later);
    expect(choice.pick('n', later, true)).toMatchObject({ cells: [0, 2, 3], notebook: true });
  });

  it('leaves what is not staged out of a partly staged notebook', () => {
    const choice = new CellChoice();
    const list = makeList('ab', { partly_staged: true });
    expect(choice.extent(true, true)).toBe('some');
    expect(choice.pick('n', list, true).cells).toEqual([]);
    choice.show(list);
    expect(choice.extent(true, true)).toBe('some');
    expect(choice.pick('n', list, true).cells).toEqual([]);
    choice.set('b', true);
    expect(choice.pick('n', list, true).cells).toEqual([1]);
    choice.setAll(true);
    expect(choice.extent(true, true)).toBe('all');
    expect(choice.isWhole(true, true)).toBe(false);
    expect(choice.pick('n', list, true).cells).toEqual([0, 1]);
    choice.setAll(false);
    expect(choice.extent(true, true)).toBe('none');
  });

  it('of a file with noise alone is whole or nothing', () => {
    const choice = new CellChoice();
    choice.show(makeList(''));
    expect(choice.extent(true, false)).toBe('all');
    choice.setAll(false);
    expect(choice.extent(true, false)).toBe('none');
  });
});
