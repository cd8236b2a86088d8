import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Range } from '../diff/format';
import { toUnits } from '../diff/text';
import { splitNames } from './names';
import { showNames, showText, tellApart } from './naming';

type Spans = { before: Range[]; after: Range[] } | null;
/** Written by the tests of nbvc itself: what it shows, the extension shows. */
const cases = JSON.parse(readFileSync(`${__dirname}/naming.cases.json`, 'utf8')) as {
  texts: [string, string][];
  pairs: [string, string, Spans, string, string][];
};

function units(text: string, spans: readonly Range[]): Range[] {
  const flat = toUnits(text, spans.flat());
  return spans.map((_, n): Range => [flat[2 * n], flat[2 * n + 1]]);
}

describe('characters that are not seen', () => {
  it.each(cases.texts)('%j is shown as %j', (text, shown) => {
    expect(showNames(text)).toBe(shown);
  });
  it.each(cases.pairs)('%j and %j in %j are told apart', (before, after, words, old, now) => {
    const spans = words && {
      before: units(before, words.before),
      after: units(after, words.after)
    };
    expect(tellApart(before, after, spans).map(side => side.text)).toEqual([old, now]);
  });
  it('keeps offsets', () => {
    const shown = showText('a\u200bb😀c', [3]);
    expect(shown.text).toBe('a<U+200B>b<U+1F600>c');
    expect([0, 1, 2, 3, 5, 6].map(n => shown.at(n))).toEqual([0, 1, 9, 10, 19, 20]);
    expect(splitNames(shown.text)).toEqual(['a', '<U+200B>', 'b', '<U+1F600>', 'c']);
  });
});
