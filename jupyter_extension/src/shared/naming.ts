/**
 * Characters that are not seen, or steer how a text is drawn, are shown by name: `<U+200B>`.
 *
 * The same as `nbvc/render/naming.py` and `escape.py`, which have the reasons, with its tables.
 * Names are unambiguous: if a text itself spells `<U+200B>`, its `<` is shown as `<U+003C>`. Texts
 * must be named exactly once. Offsets count UTF-16 units.
 */
import type { ISpans } from './alike';
import { findPins } from './alike';
import { CHARACTERS as C, LOOKS } from './characters';
import { readPoint, Shown } from './names';

const ALIKE = Object.keys(LOOKS.letters).join('');
const NAME = `U\\+[0-9A-Fa-f]{4,6}[${C.closing}]`;
const SUSPECTS = new RegExp(
  `(?<unseen>[${C.unseen}]+[${LOOKS.marks}]*)|(?<marks>[${LOOKS.marks}]+)` +
    `|(?<other>[${C.singletons}${C.jamo}])|(?<bracket>[${C.brackets}](?=${NAME}))` +
    `|(?<latin>(?<=[A-Za-z])[${ALIKE}]+|(?<![${ALIKE}])[${ALIKE}]+(?=[A-Za-z]))`,
  'gu'
);
const SYMBOL = /^[\p{So}\p{Sm}]$/u;

/** Return a text as it is shown. */
export function showNames(text: string): string {
  return isPlain(text) ? text : showText(text).text;
}

/** Return a text as it is shown, with further characters by name at the offsets `pins`. */
export function showText(text: string, pins: readonly number[] = []): Shown {
  return new Shown(text, isPlain(text) ? pins : [...pins, ...findUnclear(text)]);
}

/** Return both sides of a change as they are shown; `words` are the spans that changed. */
export function tellApart(
  before: string,
  after: string,
  words?: ISpans | null
): [Shown, Shown] {
  const pins = findPins(before, after, words);
  return [showText(before, pins[0]), showText(after, pins[1])];
}

/** Return a shown text on one line. */
export function escapeBreaks(shown: string): string {
  return shown.replace(/\n/g, '<U+000A>').replace(/\t/g, '<U+0009>');
}

export function isPlain(text: string): boolean {
  return !/[^\n\t\x20-\x7e]|<U\+/.test(text);
}

/** Return the places of the characters that must be named, in order. */
export function findUnclear(text: string): number[] {
  const places: number[] = [];
  for (const found of text.matchAll(SUSPECTS)) {
    const groups = found.groups ?? {};
    const [start, end] = [found.index, found.index + found[0].length];
    if (groups.unseen) {
      places.push(...findUnseen(text, start, end));
    } else if (
      groups.bracket ||
      (groups.marks && isLoose(text, start)) ||
      (groups.other && isReplaceable(text, start)) ||
      (groups.latin && isBesideLatin(text, start, end))
    ) {
      places.push(...listPoints(text, start, end));
    }
  }
  return places;
}

function listPoints(text: string, start: number, end: number): number[] {
  const places: number[] = [];
  for (let at = start; at < end; at += readPoint(text, at).length) {
    places.push(at);
  }
  return places;
}

function findUnseen(text: string, start: number, end: number): number[] {
  let isNamed = false;
  const places: number[] = [];
  for (let at = start; at < end;) {
    const length: number = isNamed ? 0 : measureSpelling(text, at);
    isNamed = !length;
    if (isNamed) {
      places.push(at);
    }
    at += length || readPoint(text, at).length;
  }
  return places;
}

/** Return how many units from here on belong to the spelling of an emoji or a word. */
function measureSpelling(text: string, at: number): number {
  const sign = readPoint(text, at);
  const before = readPointBefore(text, at);
  const after = readPoint(text, at + sign.length);
  const one = (is: boolean): number => (is ? sign.length : 0);
  if ('\u200c\u200d'.includes(sign) && isIn(C.joining, before)) {
    return one(isIn(C.joining, after) || (sign === '\u200d' && /^[\s\p{Nd})]/u.test(after)));
  }
  if (sign === '\u200d') {
    const joins = before === '\ufe0f' || [...C.tones].includes(before) || isSymbol(before);
    return one(joins && isSymbol(after));
  }
  if ('\ufe0e\ufe0f'.includes(sign)) {
    return one(isSymbol(before) || (/^[#*0-9]$/.test(before) && after === '\u20e3'));
  }
  if (sign === '\u3000') {
    return one(isIn(C.wide, before) || isIn(C.wide, after));
  }
  if (sign === '\u2800') {
    return one(isIn(C.braille, before) || isIn(C.braille, after));
  }
  if (isIn('\u180b\u180f', sign)) {
    return one(isIn(C.mongolian, before));
  }
  if (isIn('\u{e0100}\u{e01ef}\ufe00\ufe02', sign)) {
    return one(isIn(C.ideographs, before));
  }
  if (before === '\u{1f3f4}' && sign === '\u{e0067}') {
    return C.flags.find(tags => text.startsWith(tags, at))?.length ?? 0;
  }
  return 0;
}

function isIn(ranges: string, sign: string): boolean {
  const all = [...ranges];
  const point = sign.codePointAt(0) ?? -1;
  return all.some(
    (first, n) =>
      n % 2 === 0 && first.codePointAt(0)! <= point && point <= all[n + 1].codePointAt(0)!
  );
}

function isSymbol(sign: string): boolean {
  return sign > '\x7f' && (C.emoji.includes(sign) || SYMBOL.test(sign));
}

function isBesideLatin(text: string, start: number, end: number): boolean {
  return /[A-Za-z]/.test(text.charAt(end)) || text.charAt(start - 2) !== '\\';
}

function isLoose(text: string, start: number): boolean {
  const before = readPointBefore(text, start);
  return !before || /\s/.test(before) || isComposed(before + readPoint(text, start));
}

function isReplaceable(text: string, start: number): boolean {
  const sign = readPoint(text, start);
  return isIn('\u1161\u11ff', sign)
    ? isComposed(readPointBefore(text, start) + sign)
    : sign.normalize('NFC') !== sign;
}

function isComposed(signs: string): boolean {
  const composed = signs.normalize('NFC');
  return [...signs].length > 1 && [...composed].length === 1;
}

function readPointBefore(text: string, at: number): string {
  const unit = text.charAt(at - 1);
  const isLow = unit >= '\udc00' && unit <= '\udfff';
  const pair = isLow ? readPoint(text, at - 2) : '';
  return at > 0 ? (pair.length === 2 ? pair : unit) : '';
}
