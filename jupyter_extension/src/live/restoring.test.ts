import { describe, expect, it } from 'vitest';
import type { ICellDiff, INotebookDiff } from '../diff/format';
import type { IWanted } from './cells';
import { MovedOn, planCell, planVersion } from './restoring';
import { findRising } from './rising';

const cell = (source: string, id = source) => ({ cell_type: 'code', source, metadata: {}, id });
const live = (...sources: string[]): IWanted[] =>
  sources.map(source => ({ id: `live-${source}`, cell: cell(source) }));
const entry = (before: number[], after: number[]): ICellDiff => ({
  change: 'modified',
  before,
  after,
  moved: false
});
const diff = (...cells: ICellDiff[]) => ({ cells }) as unknown as INotebookDiff;
const read = (wanted: IWanted[]) => wanted.map(one => [one.id, one.cell.source]);

const [before, after] = [
  [cell('a'), cell('old'), cell('gone')],
  [cell('a'), cell('new'), cell('added')]
];
const found = diff(entry([0], [0]), entry([1], [1]), entry([2], []), entry([], [2]));

describe('a version that comes back', () => {
  it('is whole; paired cells stay the cells they are', () => {
    expect(read(planVersion(found, before, after, live('a', 'new', 'added')))).toEqual([
      ['live-a', 'a'],
      ['live-new', 'old'],
      [null, 'gone']
    ]);
  });
  it.each([
    [
      1,
      [
        ['live-a', 'a'],
        ['live-new', 'old'],
        ['live-added', 'added']
      ]
    ],
    [
      2,
      [
        ['live-a', 'a'],
        ['live-new', 'new'],
        [null, 'gone'],
        ['live-added', 'added']
      ]
    ],
    [
      3,
      [
        ['live-a', 'a'],
        ['live-new', 'new']
      ]
    ]
  ])('is one entry, %d', (index, expected) => {
    const now = live('a', 'new', 'added');
    expect(read(planCell(found, index, before, after, now))).toEqual(expected);
  });
  it('finds a cell that moved by its ID', () => {
    const now: IWanted[] = [...live('x'), ...after.map(one => ({ id: one.id, cell: one }))];
    expect(read(planCell(found, 1, before, after, now))[2]).toEqual(['new', 'old']);
  });
  it('is refused if the notebook is another one', () => {
    expect(() => planVersion(found, before, after, live('a', 'new'))).toThrow(MovedOn);
    expect(() => planCell(found, 1, before, after, live('a', 'typed'))).toThrow(MovedOn);
  });
});

it.each([
  [[], []],
  [[-1, -1], []],
  [
    [2, 0, 1],
    [1, 2]
  ],
  [
    [0, 1, -1, 2],
    [0, 1, 3]
  ],
  [
    [3, 1, 2, 0],
    [1, 2]
  ]
])('the longest rising run of %j', (places, run) => {
  expect(findRising(places)).toEqual(run);
});
