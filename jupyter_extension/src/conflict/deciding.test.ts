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
    expect(sources(deciding)).toEqual(['a', marked, 'z']);
    expect(deciding.canUndo).toBe(false);
  });
  it('takes an edit for a decision once the markers are gone', () => {
    const deciding = new Deciding(notebook, [conflict]);
    deciding.edit(1, `${marked}\n# half way`);
    expect(deciding.left).toBe(1);
    deciding.edit(1, 'y = 4');
    expect(deciding.left).toBe(0);
    expect(sources(deciding)).toEqual(['a', 'y = 4', 'z']);
    deciding.undo();
    expect(sources(deciding)).toEqual(['a', marked, 'z']);
  });
  it('knows markers from code that looks like them', () => {
    expect(isMarked(marked)).toBe(true);
    expect(isMarked('a <<<<<<< b')).toBe(false);
    expect(isMarked('=======\nheading')).toBe(false);
  });
});
