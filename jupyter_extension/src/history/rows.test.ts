import { expect, it } from 'vitest';
import type { IVersion } from '../server/contract';
import type { HistoryRow } from './rows';
import { layOutHistory, withoutRepeats } from './rows';

/** `C` a commit, `s` a save, `n` one with a name, `p` a pinned one, `|` the next day. */
function make(text: string): IVersion[] {
  let day = 1;
  return [...text].flatMap((sign, at) => {
    if (sign === '|') {
      day += 1;
      return [];
    }
    return [
      {
        kind: sign === 'C' ? ('commit' as const) : ('checkpoint' as const),
        id: String(at),
        short: String(at),
        author: 'Ada',
        time: `2026-11-0${day}T12:00:00Z`,
        message: sign === 'C' || sign === 'n' ? 'Named' : 'Checkpoint',
        path: 'a.ipynb',
        commit: '',
        parents: [],
        pinned: sign === 'p'
      }
    ];
  });
}

const read = (rows: HistoryRow[], versions: IVersion[]): string =>
  rows
    .map(row =>
      row.kind === 'day'
        ? '|'
        : row.kind === 'saves'
          ? `(${row.places.length})`
          : versions[row.at].kind === 'commit'
            ? 'C'
            : 's'
    )
    .join('');

it.each([
  ['', ''],
  ['CssssC', '|C(4)C'],
  ['CssC', '|CssC'],
  ['Csss', '|sssC'],
  ['Cssssssss', '|sssss(3)C'],
  ['Csssssss', '|sssssssC'],
  ['CsssnsssC', '|C(3)s(3)C'],
  ['CspspsC', '|CsssssC'],
  ['Csss|sssC', '|C(3)|(3)C']
])('%s is %s', (text, rows) => {
  const versions = make(text);
  expect(read(layOutHistory(versions), versions)).toBe(rows);
});

it('folds nothing while a filter is set', () => {
  const versions = make('CssssC');
  expect(read(layOutHistory(versions, 'ada'), versions)).toBe('|CssssC');
  expect(layOutHistory(versions, 'nobody')).toEqual([]);
});

it('leaves out saves that repeat their neighbor, but no named ones', () => {
  const versions = make('Csnp').map(one => ({ ...one, repeats: true }));
  expect(withoutRepeats(versions).map(one => one.id)).toEqual(['0', '2', '3']);
});
