/**
 * What the page of a timeline uses of these modules: nbvc/render/timeline/alike.js is written from
 * here by `npm run build:page`.
 */
import { findPins } from './alike';
import { Shown } from './names';

export { splitNames } from './names';

/** Return both lists of lines as they are shown; each line was named before. */
export function tellApart(before: readonly string[], after: readonly string[]): string[][] {
  const [old, now] = [before.join('\n'), after.join('\n')];
  const pins = findPins(old, now);
  return [old, now].map((text, side) => new Shown(text, pins[side]).text.split('\n'));
}
