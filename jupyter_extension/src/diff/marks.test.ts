import { expect, it } from 'vitest';
import type { IMark } from './marks';
import { decideMarks } from './marks';

const saved = ['same', 'new', 'edited', 'moved', 'printed', 'parted'].map(id => ({
  id,
  source: `${id} now`
}));
const marks: IMark[] = [
  { at: 1, kind: 'added' },
  { at: 2, kind: 'changed', source: 'edited then' },
  { at: 3, kind: 'moved' },
  { at: 4, kind: 'outputs', source: 'printed now' },
  { at: 5, kind: 'changed' },
  { at: 99, kind: 'added' }
];

it.each([
  ['same now', null],
  ['new now', 'added'],
  ['edited now', 'changed'],
  ['moved now', 'moved'],
  ['printed now', 'outputs'],
  ['parted now', 'changed'],
  ['same typed', 'changed'],
  ['new typed', 'added'],
  ['edited then', null],
  ['moved typed', 'changed'],
  ['printed typed', 'changed'],
  ['unknown typed', 'added']
])('%s has the mark %s', (source, mark) => {
  const [id] = source.split(' ');
  expect(decideMarks(saved, marks, [{ id, source }]).get(id) ?? null).toBe(mark);
});
