/** What a comparison says of one of its sides: a subject, and the facts in the line below it. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { formatDistance, formatMoment } from '../shared/dom';
import type { IDiffSide } from '../server/comparing';
import { formatAuthor } from '../versions/naming';

export interface ISideText {
  subject: string;
  facts: string[];
  /** All of it at length. */
  title: string;
}

/** Return the words for a side; none of them appears twice. */
export function describeSide(
  side: Omit<IDiffSide, 'notebook'> & { notebook: unknown },
  trans: TranslationBundle,
  now: number = Date.now()
): ISideText {
  const message = (side.message ?? '').trim();
  const short = /^[0-9a-f]{40,}$/.test(side.id ?? '') ? (side.id ?? '').slice(0, 10) : '';
  const first = message.split('\n')[0].trim();
  const name = [short, first].reduce(
    (left, known) => (known ? left.replace(known, '') : left),
    side.label
  );
  const subject = first || name.trim() || short || side.label;
  const facts = [
    name.trim() === subject ? '' : name.trim(),
    short === subject ? '' : short,
    formatAuthor(side.author),
    formatDistance(side.time, now),
    side.notebook === null ? trans.__('without this notebook') : ''
  ].filter(Boolean);
  const title = [message || side.label, side.author, formatMoment(side.time), side.id]
    .filter(Boolean)
    .join('\n');
  return { subject, facts, title };
}
