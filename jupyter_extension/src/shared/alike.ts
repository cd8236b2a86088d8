/**
 * Two sides of a change that look the same: the characters that tell them apart are shown by name.
 * The same as `nbvc/render/alike.py` and `looks.py`, which have the reasons.
 */
import { LOOKS as C } from './characters';

/** From, and up to but without. */
type Span = readonly [number, number];

export interface ISpans {
  before: readonly Span[];
  after: readonly Span[];
}

export type Pair<T> = [T, T];
type Word = [string, number];

const LONGEST = 200;
const ENOUGH = 0.5;
const PLAIN = new Map<string, string>([
  ...Object.entries(C.signs).flatMap(([plain, signs]) =>
    [...signs].map((sign): [string, string] => [sign, plain])
  ),
  ...Object.entries(C.letters)
]);
const FIGURES = new RegExp(`[${C.figures}]`, 'u');
const IGNORED = new RegExp(`[${C.ignored}]+`, 'gu');
const BOUND = `[${C.marks}${C.ignored}]`;
const WORD = new RegExp(
  `(?:[\\p{L}\\p{N}_]${BOUND}*)+|${BOUND}+|[^\\p{L}\\p{N}_\\s]${BOUND}*`,
  'gu'
);

/** Return the offsets in both sides of what is named because both look the same there. */
export function findPins(before: string, after: string, words?: ISpans | null): Pair<number[]> {
  const pins: Pair<Set<number>> = [new Set(), new Set()];
  pinBlanks([before, after], words, pins);
  if (!isAscii(before) || !isAscii(after)) {
    pinLetters([before, after], words, pins);
  }
  return [[...pins[0]], [...pins[1]]];
}

function isAscii(text: string): boolean {
  // eslint-disable-next-line no-control-regex
  return !/[^\x00-\x7f]/.test(text);
}

function pinBlanks(
  texts: Pair<string>,
  words: ISpans | null | undefined,
  pins: Pair<Set<number>>
): void {
  if (!words) {
    pinBlanksOfTwins(texts, pins);
    return;
  }
  [words.before, words.after].forEach((spans, side) =>
    spans.forEach(([start, end]) => pinBlanksBetween(texts[side], start, end, pins[side]))
  );
}

function pinBlanksBetween(text: string, start: number, end: number, pins: Set<number>): void {
  for (const found of text.slice(start, end).matchAll(/\s/g)) {
    const at = start + found.index;
    const next = text.charAt(at + 1);
    if (found[0] !== '\n' && (found[0] !== ' ' || next === '' || next === '\n')) {
      pins.add(at);
    }
  }
}

/** Pin blanks in lines that are the same on both sides but for blanks. */
function pinBlanksOfTwins(texts: Pair<string>, pins: Pair<Set<number>>): void {
  const key = (line: string): string => line.trim().replace(/\s+/g, ' ');
  const [old, now] = texts.map(text => {
    const known = new Map<string, Set<string>>();
    for (const line of text.split('\n')) {
      known.set(key(line), (known.get(key(line)) ?? new Set()).add(line));
    }
    return known;
  });
  const twins = new Set(
    [...old]
      .filter(([same, lines]) => {
        const others = now.get(same);
        return others && new Set([...lines, ...others]).size > 1;
      })
      .map(([same]) => same)
  );
  texts.forEach((text, side) => {
    let start = 0;
    for (const line of twins.size ? text.split('\n') : []) {
      if (twins.has(key(line))) {
        pinBlanksBetween(text, start, start + line.length, pins[side]);
      }
      start += line.length + 1;
    }
  });
}

function pinLetters(
  texts: Pair<string>,
  words: ISpans | null | undefined,
  pins: Pair<Set<number>>
): void {
  const spans = words
    ? [words.before, words.after]
    : texts.map((text): Span[] => [[0, text.length]]);
  const sides = texts.map((text, side) => findWords(text, spans[side]));
  const looks = new Map<string, string>();
  const known = new Map<string, Set<string>>();
  for (const [word] of sides.flat()) {
    if (!looks.has(word)) {
      const look = findLook(word);
      looks.set(word, look);
      known.set(look, (known.get(look) ?? new Set()).add(word));
    }
  }
  sides.forEach((side, n) => {
    for (const [word, at] of side) {
      const look = looks.get(word) ?? '';
      const spelled = known.get(look) ?? new Set();
      if (!isAscii(word) && (spelled.size > 1 || !look)) {
        const [one, other] = spelled;
        pinWord(word, at, (one === word ? other : one) ?? '', pins[n]);
      }
    }
  });
  if (words && sides[0].length === sides[1].length) {
    sides[0].forEach((one, n) => pinEdited(one, sides[1][n], pins));
  }
}

function findWords(text: string, spans: readonly Span[]): Word[] {
  return spans.flatMap(([start, end]) =>
    [...text.slice(start, end).matchAll(WORD)].map((found): Word => [
      found[0],
      start + found.index
    ])
  );
}

/** Return what a word looks like; words that look the same have equal looks. */
export function findLook(word: string): string {
  if (isAscii(word)) {
    return word;
  }
  const parts = FIGURES.test(word) ? word : word.normalize('NFKD');
  return [...parts.replace(IGNORED, '')].map(sign => PLAIN.get(sign) ?? sign).join('');
}

function pinWord(word: string, at: number, other: string, pins: Set<number>): void {
  const [a, b] = [[...word], [...other]];
  const least = Math.min(a.length, b.length);
  const head = countWhile(least, n => a[n] === b[n]);
  const tail = countWhile(least - head, n => a[a.length - 1 - n] === b[b.length - 1 - n]);
  pinSigns(a, at, n => n >= head && n < a.length - tail, pins);
}

/** Pin letters that only look the same, at the ends of a word that was edited in between. */
function pinEdited([old, oldAt]: Word, [now, nowAt]: Word, pins: Pair<Set<number>>): void {
  const [a, b] = [[...old], [...now]];
  if ((isAscii(old) && isAscii(now)) || Math.max(a.length, b.length) > LONGEST) {
    return;
  }
  const same = (one: string, other: string): boolean => findLook(one) === findLook(other);
  const least = Math.min(a.length, b.length);
  const head = countWhile(least, n => same(a[n], b[n]));
  const tail = countWhile(least - head, n => same(a[a.length - 1 - n], b[b.length - 1 - n]));
  if (head + tail < ENOUGH * Math.max(a.length, b.length)) {
    return;
  }
  const differs = (one: string[], other: string[]) => (n: number) => {
    const m = n < head ? n : n - one.length + other.length;
    return (n < head || n >= one.length - tail) && one[n] !== other[m];
  };
  pinSigns(a, oldAt, differs(a, b), pins[0]);
  pinSigns(b, nowAt, differs(b, a), pins[1]);
}

function countWhile(most: number, test: (n: number) => boolean): number {
  let n = 0;
  while (n < most && test(n)) {
    n += 1;
  }
  return n;
}

function pinSigns(
  signs: readonly string[],
  at: number,
  isPinned: (n: number) => boolean,
  pins: Set<number>
): void {
  let place = at;
  signs.forEach((sign, n) => {
    if (isPinned(n) && !isAscii(sign)) {
      pins.add(place);
    }
    place += sign.length;
  });
}
