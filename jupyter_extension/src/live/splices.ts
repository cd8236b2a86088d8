/** The edits that turn one text into another, small enough to leave what stays untouched. */
import { splitLines } from '../diff/text';
import { findRising } from './rising';

/** Replace the characters in `from … to` of the text before. */
export interface ISplice {
  from: number;
  to: number;
  text: string;
}

/** Return edits in rising order; lines that occur once in both texts, in order, stay. */
export function findSplices(before: string, after: string): ISplice[] {
  const [a, b] = [splitLines(before), splitLines(after)];
  const [startsA, startsB] = [findStarts(a), findStarts(b)];
  const [onceA, onceB] = [findUnique(a), findUnique(b)];
  const places = a.map(line => (onceA.has(line) ? (onceB.get(line) ?? -1) : -1));
  const found: ISplice[] = [];
  let [fromA, fromB] = [0, 0];
  const edit = (toA: number, toB: number): void => {
    const one = trimEdit(before.slice(fromA, toA), after.slice(fromB, toB));
    if (one) {
      found.push({ from: fromA + one.from, to: fromA + one.to, text: one.text });
    }
  };
  for (const at of findRising(places)) {
    edit(startsA[at], startsB[places[at]]);
    fromA = startsA[at + 1];
    fromB = startsB[places[at] + 1];
  }
  edit(before.length, after.length);
  return found;
}

/** Return the lines that occur once, with their places. */
function findUnique(lines: readonly string[]): Map<string, number> {
  const places = new Map<string, number>();
  const again = new Set<string>();
  lines.forEach((line, at) => (places.has(line) ? again.add(line) : places.set(line, at)));
  again.forEach(line => places.delete(line));
  return places;
}

/** Return where each line begins, and where the last one ends. */
function findStarts(lines: readonly string[]): number[] {
  const found = [0];
  lines.forEach(line => found.push(found[found.length - 1] + line.length));
  return found;
}

/** Return what differs once equal ends are cut off; null if nothing does. */
function trimEdit(before: string, after: string): ISplice | null {
  if (before === after) {
    return null;
  }
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) {
    head += 1;
  }
  head -= isInside(before, head) || isInside(after, head) ? 1 : 0;
  let tail = 0;
  while (
    tail < most - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  ) {
    tail += 1;
  }
  tail -=
    isInside(before, before.length - tail) || isInside(after, after.length - tail) ? 1 : 0;
  return {
    from: head,
    to: before.length - tail,
    text: after.slice(head, after.length - tail)
  };
}

/** Return whether a place is between the halves of one character, which Yjs would make U+FFFD. */
function isInside(text: string, at: number): boolean {
  return /[\uD800-\uDBFF]/.test(text.charAt(at - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(at));
}
