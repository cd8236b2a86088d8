/** Line operations as offsets in texts: a diff counts code points, a browser UTF-16 units. */
import { findPins } from '../shared/alike';
import type { ICell } from '../shared/notebook';
import { joinLines } from '../shared/notebook';
import type { LineOp, Range } from './format';

type Replaced = Extract<LineOp, { op: 'replace' }>;

/** A piece that was replaced, in UTF-16 offsets; `from` equals `to` if the side is empty. */
export interface ISpan {
  fromA: number;
  toA: number;
  fromB: number;
  toB: number;
}

/** Return the offset at which each line starts, and the end of the text. */
export function findLineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    starts.push(at + 1);
  }
  if (starts[starts.length - 1] !== text.length) {
    starts.push(text.length);
  }
  return starts;
}

/** Convert rising offsets in code points to offsets in UTF-16 units. */
export function toUnits(text: string, offsets: readonly number[]): number[] {
  if (!/[\ud800-\udbff]/.test(text)) {
    return offsets.map(offset => Math.min(offset, text.length));
  }
  const units: number[] = [];
  let points = 0;
  let at = 0;
  for (const offset of offsets) {
    while (points < offset && at < text.length) {
      at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
      points += 1;
    }
    units.push(at);
  }
  return units;
}

function spansToUnits(text: string, spans: readonly Range[]): Range[] {
  const flat = toUnits(text, spans.flat());
  return spans.map((_, i) => [flat[2 * i], flat[2 * i + 1]]);
}

/** Return the sources of several cells as the one text that a diff compares. */
export function joinSources(cells: readonly ICell[], indices: readonly number[]): string {
  return indices.map(index => joinLines(cells[index]?.source)).join('\n');
}

/** Return what was replaced by what, by words if the diff has them. */
export function findSpans(ops: readonly LineOp[], before: string, after: string): ISpan[] {
  const startsA = findLineStarts(before);
  const startsB = findLineStarts(after);
  const at = (starts: number[], line: number, text: string): number =>
    starts[line] ?? text.length;
  const spans: ISpan[] = [];
  for (const op of ops) {
    if (op.op !== 'replace') {
      continue;
    }
    const whole = {
      fromA: at(startsA, op.before[0], before),
      toA: at(startsA, op.before[1], before),
      fromB: at(startsB, op.after[0], after),
      toB: at(startsB, op.after[1], after)
    };
    spans.push(...(op.words ? pairWords(op.words, whole, before, after) : [whole]));
  }
  return spans;
}

/**
 * Pair the words of both sides: the text between them is equal, so a span's place among the
 * equal text is also that of its counterpart. If it is not equal, the whole was replaced.
 */
function pairWords(
  words: { before: Range[]; after: Range[] },
  whole: ISpan,
  before: string,
  after: string
): ISpan[] {
  const a = before.slice(whole.fromA, whole.toA);
  const b = after.slice(whole.fromB, whole.toB);
  const spansA = spansToUnits(a, words.before);
  const spansB = spansToUnits(b, words.after);
  if (cutSpans(a, spansA) !== cutSpans(b, spansB)) {
    return [whole];
  }
  const spans: ISpan[] = [];
  let [i, j, shiftA, shiftB] = [0, 0, 0, 0];
  while (i < spansA.length || j < spansB.length) {
    const placeA = i < spansA.length ? spansA[i][0] - shiftA : Infinity;
    const placeB = j < spansB.length ? spansB[j][0] - shiftB : Infinity;
    const place = Math.min(placeA, placeB);
    const span = { fromA: place + shiftA, toA: 0, fromB: place + shiftB, toB: 0 };
    while (i < spansA.length && spansA[i][0] - shiftA === place) {
      shiftA += spansA[i][1] - spansA[i][0];
      i += 1;
    }
    while (j < spansB.length && spansB[j][0] - shiftB === place) {
      shiftB += spansB[j][1] - spansB[j][0];
      j += 1;
    }
    spans.push({
      fromA: whole.fromA + span.fromA,
      toA: whole.fromA + place + shiftA,
      fromB: whole.fromB + span.fromB,
      toB: whole.fromB + place + shiftB
    });
  }
  return spans;
}

function cutSpans(text: string, spans: readonly Range[]): string {
  let kept = '';
  let from = 0;
  for (const [start, end] of spans) {
    kept += text.slice(from, start);
    from = end;
  }
  return kept + text.slice(from);
}

function convertWords(op: Replaced, removed: string, added: string) {
  return (
    op.words && {
      before: spansToUnits(removed, op.words.before),
      after: spansToUnits(added, op.words.after)
    }
  );
}

/** Return the offsets in both texts of what is named because the other side looks the same. */
export function findPinsOfOps(
  ops: readonly LineOp[],
  before: string,
  after: string
): [number[], number[]] {
  const [startsA, startsB] = [findLineStarts(before), findLineStarts(after)];
  const pins: [number[], number[]] = [[], []];
  for (const op of ops) {
    if (op.op === 'replace') {
      const [a, b] = [op.removed.join(''), op.added.join('')];
      const [old, now] = findPins(a, b, convertWords(op, a, b));
      pins[0].push(...old.map(pin => pin + (startsA[op.before[0]] ?? before.length)));
      pins[1].push(...now.map(pin => pin + (startsB[op.after[0]] ?? after.length)));
    }
  }
  return pins;
}

/** One line to draw: its text, and the parts of it that changed. */
export interface ILine {
  kind: 'equal' | 'removed' | 'added';
  /** Numbers from 0 in the text before and the text after. */
  before: number | null;
  after: number | null;
  text: string;
  marks: Range[];
  /** Offsets of characters to show by name, since the other side looks the same. */
  pins: number[];
}

/** Return the lines of a diff in reading order, removed lines before added ones. */
export function listLines(ops: readonly LineOp[], before: string): ILine[] {
  const old = before.split('\n');
  const lines: ILine[] = [];
  for (const op of ops) {
    if (op.op === 'equal') {
      for (let n = op.before[0]; n < op.before[1]; n++) {
        const afterLine = op.after[0] + n - op.before[0];
        lines.push(createLine('equal', n, afterLine, old[n] ?? ''));
      }
      continue;
    }
    const { removed, added } = op;
    const [a, b] = [removed.join(''), added.join('')];
    const words = convertWords(op, a, b);
    const pins = findPins(a, b, words);
    lines.push(...listReplaced(removed, words?.before, pins[0], 'removed', op.before[0]));
    lines.push(...listReplaced(added, words?.after, pins[1], 'added', op.after[0]));
  }
  return lines;
}

function createLine(
  kind: ILine['kind'],
  before: number | null,
  after: number | null,
  text: string
) {
  return { kind, before, after, text, marks: [] as Range[], pins: [] as number[] };
}

function listReplaced(
  texts: readonly string[],
  spans: readonly Range[] = [],
  pins: readonly number[],
  kind: 'removed' | 'added',
  first: number
): ILine[] {
  const places = [...pins].sort((a, b) => a - b);
  let [start, at] = [0, 0];
  return texts.map((text, i) => {
    const number = first + i;
    const one = createLine(
      kind,
      kind === 'removed' ? number : null,
      kind === 'added' ? number : null,
      text.replace(/\n$/, '')
    );
    const end = start + one.text.length;
    one.marks = spans
      .filter(([from, to]) => from < end && to > start)
      .map(([from, to]) => [Math.max(from, start) - start, Math.min(to, end) - start]);
    for (; at < places.length && places[at] < end; at++) {
      one.pins.push(places[at] - start);
    }
    start += text.length;
    return one;
  });
}

/** Return line operations between two texts without a diff: one change between equal ends. */
export function compareLines(before: string, after: string): LineOp[] {
  const a = splitLines(before);
  const b = splitLines(after);
  const most = Math.min(a.length, b.length);
  let head = 0;
  while (head < most && a[head] === b[head]) {
    head += 1;
  }
  let tail = 0;
  while (tail < most - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) {
    tail += 1;
  }
  const ops: LineOp[] = [];
  if (head) {
    ops.push({ op: 'equal', before: [0, head], after: [0, head] });
  }
  if (head + tail < a.length || head + tail < b.length) {
    ops.push({
      op: 'replace',
      before: [head, a.length - tail],
      after: [head, b.length - tail],
      removed: a.slice(head, a.length - tail),
      added: b.slice(head, b.length - tail)
    });
  }
  if (tail) {
    ops.push({
      op: 'equal',
      before: [a.length - tail, a.length],
      after: [b.length - tail, b.length]
    });
  }
  return ops;
}

/** Return the lines of a text, each with its end. */
export function splitLines(text: string): string[] {
  return text === '' ? [] : (text.match(/[^\n]*\n|[^\n]+$/g) ?? []);
}
