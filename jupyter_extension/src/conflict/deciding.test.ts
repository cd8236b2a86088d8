import { describe, expect, it } from 'vitest';
import type { IConflict } from '../server/contract';
import type { INotebook } from '../shared/notebook';
import { Deciding, isMarked } from './deciding';

const cell = (source: string) => ({ cell_type: 'code', source, metadata: {}, outputs: [] });
const marked = 'x = 1\n<<<<<<< main\ny = 2\n=======\ny = 3\n>>>>>>> topic';
const notebook: INotebook = {
  cells: [cell('a'), cell(marked), cell('z')],
  metadata: {},
  nbformat: 4,
  nbformat_minor: 5
};
const conflict: IConflict = {
  index: 1,
  span: 1,
  id: 'b',
  hunks: 1,
  labels: { local: 'main', remote: 'topic' },
  own: 'local',
  deleted_by: null,
  chunks: [{ lines: ['x = 1'] }, { local: ['y = 2'], remote: ['y = 3'], base: null }],
  local: [cell('x = 1\ny = 2')],
  base: null,
  remote: [],
  reason: 'both sides changed this cell'
};
const two: IConflict = {
  ...conflict,
  hunks: 2,
  chunks: [
    { local: ['a'], remote: ['A'], base: ['0'] },
    { lines: ['', 'mid'] },
    { local: [], remote: ['B', ''], base: null }
  ],
  local: [cell('a\n\nmid')],
  remote: [cell('A\n\nmid\nB\n')]
};
const sources = (deciding: Deciding): unknown[] =>
  deciding.result().cells.map(({ source }) => source);

describe('decisions on conflicts', () => {
  it.each([
    ['local', ['a', 'x = 1\ny = 2', 'z']],
    ['remote', ['a', 'z']],
    ['both', ['a', 'x = 1\ny = 2\ny = 3', 'z']]
  ] as const)('keeps %s', (choice, expected) => {
    const deciding = new Deciding(notebook, [conflict]);
    expect(deciding.left).toBe(1);
    deciding.choose(conflict, choice);
    expect(deciding.left).toBe(0);
    expect(sources(deciding)).toEqual(expected);
    deciding.undo();
    expect(deciding.left).toBe(1);
    expect(sources(deciding)).toEqual(['a', 'x = 1', 'z']);
    expect(deciding.canUndo).toBe(false);
  });

  it.each([
    ['local', 'local', 'a\n\nmid'],
    ['remote', 'remote', 'A\n\nmid\nB\n'],
    ['base', 'both', '0\n\nmid\nB\n'],
    ['both', 'base', 'a\nA\n\nmid']
  ] as const)('decides hunk by hunk: %s, %s', (first, second, expected) => {
    const deciding = new Deciding(notebook, [two]);
    expect(deciding.source(1)).toBe('\nmid');
    deciding.chooseHunk(1, 2, second);
    expect(deciding.left).toBe(1);
    deciding.chooseHunk(1, 0, first);
    expect(deciding.left).toBe(0);
    expect(sources(deciding)[1]).toBe(expected);
    deciding.undo();
    deciding.undo();
    expect(sources(deciding)[1]).toBe('\nmid');
  });

  it('counts the cells that need a rerun', () => {
    const ran = { ...cell('y = 2'), outputs: [{ output_type: 'stream' }] };
    const both = { ...conflict, local: [ran] };
    const deciding = new Deciding(notebook, [both], [0, 1]);
    expect(deciding.reruns).toBe(2);
    deciding.choose(both, 'local');
    expect(deciding.reruns).toBe(1);
    deciding.choose(both, 'remote');
    expect(deciding.reruns).toBe(1);
  });

  it('takes what is typed in the place of a hunk for its decision', () => {
    const deciding = new Deciding(notebook, [conflict]);
    deciding.edit(1, [{ from: 0, to: 1, text: 'w' }]);
    expect(deciding.left).toBe(1);
    deciding.edit(1, [{ from: 5, to: 5, text: '\ny = 4' }]);
    expect(deciding.left).toBe(0);
    deciding.edit(1, [{ from: 10, to: 11, text: '5' }]);
    expect(sources(deciding)).toEqual(['a', 'w = 1\ny = 5', 'z']);
    deciding.undo();
    expect(sources(deciding)).toEqual(['a', 'x = 1', 'z']);
    expect(deciding.canUndo).toBe(false);
  });

  it('keeps a choice for one hunk when the text around it is edited', () => {
    const deciding = new Deciding(notebook, [two]);
    deciding.chooseHunk(1, 0, 'remote');
    deciding.edit(1, [{ from: 3, to: 6, text: 'middle' }]);
    expect(deciding.source(1)).toBe('A\n\nmiddle');
    deciding.chooseHunk(1, 0, 'local');
    deciding.chooseHunk(1, 2, 'remote');
    expect(deciding.source(1)).toBe('a\n\nmiddle\nB\n');
  });

  it('is decided as a whole by a text that replaces all', () => {
    const deciding = new Deciding(notebook, [two]);
    deciding.edit(1, [{ from: 0, to: 4, text: 'new' }]);
    expect([deciding.source(1), deciding.left]).toEqual(['new', 1]);
    deciding.chooseHunk(1, 0, 'base');
    deciding.chooseHunk(1, 2, 'base');
    expect(deciding.source(1)).toContain('new');
  });

  it('knows whether a cell will have outputs', () => {
    const deciding = new Deciding(notebook, [conflict]);
    expect(deciding.hasOutputs(1)).toBe(false);
    deciding.choose(conflict, 'remote');
    expect(deciding.hasOutputs(1)).toBeNull();
  });

  it('knows markers from code that looks like them', () => {
    expect(isMarked(marked)).toBe(true);
    expect(isMarked('a <<<<<<< b')).toBe(false);
    expect(isMarked('=======\nheading')).toBe(false);
  });
});
