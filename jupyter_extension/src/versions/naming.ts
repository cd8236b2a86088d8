/** What versions and their authors are called, and which of them a filter means. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IVersion, Side } from '../server/contract';

/** `now` is the notebook as its editor has it, or as it is on the disk where it is not open. */
export type End = { side: Side | 'now'; label?: string };

/** Return the version as one side of a comparison. */
export function findSide({ kind, id }: IVersion): Side {
  return kind === 'commit' ? { kind, ref: id } : { kind, id };
}

/** The first line of its message. */
export function formatTitle(version: IVersion, trans: TranslationBundle): string {
  const [first] = version.message.split('\n');
  if (first) {
    return first;
  }
  return version.kind === 'commit' ? version.short : trans.__('Checkpoint');
}

/** `Ada` of `Ada <ada@example.org>` */
export function formatAuthor(author: string | null | undefined): string {
  return (author ?? '').replace(/\s*<[^>]*>$/, '');
}

/** A colour for a name, as the angle on the wheel of colours. */
export function findHue(name: string): number {
  let sum = 7;
  for (const char of name) {
    sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 65521;
  }
  // Steps of the golden angle: names that are alike get colours that are not.
  return Math.round((sum * 137.508) % 360);
}

/** The day of a moment, in the reader's language; empty for none. */
export function formatDay(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime())
    ? ''
    : date.toLocaleDateString(undefined, { dateStyle: 'full' });
}

/** Whether every word of a filter is in the message, the author, the day, the kind or the id. */
export function isMatch(version: IVersion, filter: string): boolean {
  const { message, author, kind, id, short, time } = version;
  const text = [message, author, kind, id, short, time.slice(0, 10), formatDay(time)]
    .join('\n')
    .toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word));
}
