/** The names of versions and their authors, and which of them match a filter. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IVersion, Side } from '../server/contract';

/** One end of a comparison; `now` is the notebook in its editor, or on disk if it is not open. */
export type End = { side: Side | 'now'; label?: string };

/** Return the version as one side of a comparison. */
export function findSide({ kind, id }: IVersion): Side {
  return kind === 'commit' ? { kind, ref: id } : { kind, id };
}

/** Return the first line of a version's message. */
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

/** Return a color for a name, as an angle on the color wheel. */
export function findHue(name: string): number {
  let sum = 7;
  for (const char of name) {
    sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 65521;
  }
  // Steps of the golden angle give similar names different colors.
  return Math.round((sum * 137.508) % 360);
}

/** Format the day of a moment in the reader's language; empty if there is none. */
export function formatDay(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime())
    ? ''
    : date.toLocaleDateString(undefined, { dateStyle: 'full' });
}

/** Return whether each word of a filter is in the message, author, day, kind or ID. */
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

/** Return the newest version from before the day of a moment, of versions given newest first. */
export function findBefore(versions: readonly IVersion[], now: Date): IVersion | null {
  const start = new Date(now);
  start.setHours(0, 0, 0, 0);
  return versions.find(({ time }) => Date.parse(time) < start.getTime()) ?? null;
}
