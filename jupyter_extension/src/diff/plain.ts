/** A change as plain text, shown if drawing failed. */
import type { ICell } from '../shared/notebook';
import type { ICellDiff, PathOp } from './format';
import { joinSources, listLines, splitLines } from './text';

export interface IPlainLine {
  sign: ' ' | '-' | '+';
  text: string;
}

/** Return the lines of an entry: source, changed outputs, then one for each other part. */
export function formatEntry(
  entry: ICellDiff,
  before: readonly ICell[],
  after: readonly ICell[]
): IPlainLine[] {
  const a = joinSources(before, entry.before);
  const b = joinSources(after, entry.after);
  const lines: IPlainLine[] = [];
  if (!entry.before.length) {
    lines.push(...signLines('+', b));
  } else if (!entry.after.length) {
    lines.push(...signLines('-', a));
  } else if (entry.source) {
    for (const line of listLines(entry.source, a)) {
      const sign = line.kind === 'equal' ? ' ' : line.kind === 'removed' ? '-' : '+';
      lines.push({ sign, text: line.text });
    }
  } else {
    lines.push(...signLines(' ', b));
  }
  for (const output of entry.outputs ?? []) {
    if (output.change !== 'unchanged') {
      const number = (output.after ?? output.before ?? 0) + 1;
      lines.push({ sign: ' ', text: `[output ${number} ${output.change}]` });
      lines.push(...(output.ops ?? []).flatMap(formatOp));
    }
  }
  return [...lines, ...(entry.metadata ?? []).flatMap(formatOp)];
}

function signLines(sign: IPlainLine['sign'], text: string): IPlainLine[] {
  return splitLines(text).map(line => ({ sign, text: line.replace(/\n$/, '') }));
}

/** Return the lines for an operation on a value; long values are cut. */
export function formatOp(op: PathOp): IPlainLine[] {
  const path = op.path.join('.');
  if (op.op === 'lines') {
    return op.lines.flatMap(line =>
      line.op === 'equal'
        ? []
        : [
            ...line.removed.map(text => ({ sign: '-' as const, text: cutLine(text) })),
            ...line.added.map(text => ({ sign: '+' as const, text: cutLine(text) }))
          ]
    );
  }
  if (op.op === 'remove') {
    return [{ sign: '-', text: path }];
  }
  const value = op.json ?? JSON.stringify(op.value) ?? '';
  return [{ sign: '+', text: `${path}: ${cutLine(value)}` }];
}

function cutLine(text: string): string {
  const line = text.replace(/\n$/, '');
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

/** Return the value at a path, undefined if there is none. */
export function findValue(root: unknown, path: readonly (string | number)[]): unknown {
  let value = root;
  for (const key of path) {
    if (value === null || typeof value !== 'object') {
      return undefined;
    }
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}
