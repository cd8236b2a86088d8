import { describe, expect, it } from 'vitest';
import type { LineOp } from './format';
import { formatEntry, formatOp, findValue } from './plain';
import { compareLines, findSpans, joinSources, listLines, splitLines, toUnits } from './text';

const cell = (source: string) => ({ cell_type: 'code', source, metadata: {} });
const words: LineOp[] = [
  { op: 'equal', before: [0, 1], after: [0, 1] },
  {
    op: 'replace',
    before: [1, 2],
    after: [1, 2],
    removed: ['😀 = 1\n'],
    added: ['😀 = 23\n'],
    words: { before: [[4, 5]], after: [[4, 6]] }
  }
];
const [before, after] = ['a\n😀 = 1', 'a\n😀 = 23'];

describe('line operations', () => {
  it('give spans in units of a string, by words', () => {
    expect(findSpans(words, before, after)).toEqual([{ fromA: 7, toA: 8, fromB: 7, toB: 9 }]);
  });
  it('give whole lines if the text between the words is not the same', () => {
    const spans = findSpans(words, before, 'a\n😀 - 23');
    expect(spans).toEqual([{ fromA: 2, toA: 8, fromB: 2, toB: 9 }]);
  });
  it('give lines to draw, with marks in each', () => {
    expect(listLines(words, before)).toEqual([
      { kind: 'equal', before: 0, after: 0, text: 'a', marks: [], pins: [] },
      { kind: 'removed', before: 1, after: null, text: '😀 = 1', marks: [[5, 6]], pins: [] },
      { kind: 'added', before: null, after: 1, text: '😀 = 23', marks: [[5, 7]], pins: [] }
    ]);
  });
  it.each([
    ['', ''],
    ['a', ''],
    ['', 'b\n'],
    ['a\nb\nc', 'a\nx\nc'],
    ['a\na', 'a'],
    ['Some text here.', 'Some text here.\n\nMore text.']
  ])('between %j and %j without a diff make the one from the other', (one, other) => {
    const ops = compareLines(one, other);
    const old = splitLines(one);
    const made = ops.flatMap(op => (op.op === 'equal' ? old.slice(...op.before) : op.added));
    expect(made.join('')).toBe(other);
    expect(() => [listLines(ops, one), findSpans(ops, one, other)]).not.toThrow();
  });
  it('turn code points into units of a string', () => {
    expect(toUnits('a😀b', [0, 1, 2, 3])).toEqual([0, 1, 3, 4]);
    expect(toUnits('ab', [0, 5])).toEqual([0, 2]);
  });
  it('are about the sources of all cells', () => {
    expect(joinSources([cell('a'), cell('b\nc')], [0, 1])).toBe('a\nb\nc');
  });
});

describe('a change as plain text', () => {
  const head = { moved: false, before: [0], after: [0] };
  it('has the source by lines, then outputs and metadata', () => {
    const entry = {
      ...head,
      change: 'modified' as const,
      source: words,
      outputs: [
        { change: 'removed' as const, before: 0, after: null, ops: [] },
        { change: 'unchanged' as const, before: 1, after: 0 }
      ],
      metadata: [{ op: 'add' as const, path: ['tags', 0], value: 'x' }]
    };
    const lines = formatEntry(entry, [cell(before)], [cell(after)]);
    expect(lines.map(({ sign, text }) => sign + text)).toEqual([
      ' a',
      '-😀 = 1',
      '+😀 = 23',
      ' [output 1 removed]',
      '+tags.0: "x"'
    ]);
  });
  it('has a new cell, and one that is gone', () => {
    const added = { ...head, change: 'added' as const, before: [] };
    expect(formatEntry(added, [], [cell('x')])).toEqual([{ sign: '+', text: 'x' }]);
    const removed = { ...head, change: 'removed' as const, after: [] };
    expect(formatEntry(removed, [cell('x')], [])).toEqual([{ sign: '-', text: 'x' }]);
  });
  it('has operations in a line each, cut', () => {
    expect(formatOp({ op: 'remove', path: ['a'] })).toEqual([{ sign: '-', text: 'a' }]);
    expect(formatOp({ op: 'replace', path: ['a'], json: 'NaN' })[0].text).toBe('a: NaN');
    expect(formatOp({ op: 'lines', path: ['a'], lines: words })).toHaveLength(2);
    const long = formatOp({ op: 'add', path: ['a'], value: 'x'.repeat(999) });
    expect(long[0].text).toHaveLength(204);
  });
  it('finds values by path', () => {
    expect(findValue({ a: [{ b: 1 }] }, ['a', 0, 'b'])).toBe(1);
    expect(findValue({ a: 1 }, ['a', 0, 'b'])).toBeUndefined();
  });
});
