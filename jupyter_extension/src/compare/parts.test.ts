import { expect, it } from 'vitest';
import type { ICellDiff, INotebookDiff } from '../diff/format';
import type { ICell } from '../shared/notebook';
import type { Part } from './parts';
import { hasParts, takePart } from './parts';

const cell = (source: string, text: string): ICell => ({
  cell_type: 'code',
  source,
  metadata: { from: source },
  outputs: [{ output_type: 'stream', name: 'stdout', text }],
  execution_count: source.length
});
const entry: ICellDiff = {
  change: 'modified',
  before: [1],
  after: [0],
  moved: false,
  source: [{ op: 'replace', before: [0, 1], after: [0, 1], removed: ['x'], added: ['y'] }],
  outputs: [{ change: 'modified', before: 0, after: 0 }]
};
const shown = {
  diff: { cells: [entry] } as unknown as INotebookDiff,
  before: [cell('other', ''), cell('old', 'was')],
  after: [cell('now!', 'is')],
  label: 'then'
};

it.each<[Part, string, string, number, string]>([
  ['both', 'old', 'was', 3, 'old'],
  ['source', 'old', 'is', 4, 'now!'],
  ['outputs', 'now!', 'was', 3, 'now!']
])('restores %s', (part, source, text, count, from) => {
  const { before } = takePart(shown, 0, part);
  expect(before[1]).toEqual({
    ...cell(source, text),
    execution_count: count,
    metadata: { from }
  });
  expect(before[0]).toBe(shown.before[0]);
});

it.each([
  [{}, true],
  [{ source: [] }, false],
  [{ outputs: [] }, false],
  [{ change: 'added' as const, before: [] }, false],
  [{ before: [0, 1] }, false]
])('has parts with %j: %j', (more, expected) => {
  expect(hasParts({ ...entry, ...more })).toBe(expected);
});
