/**
 * What the page of a timeline uses of these modules: nbvc/render/timeline/alike.js is written from
 * here by `npm run build:page`.
 */
import { pinsOf } from './alike';
import { Shown } from './names';

export { pieces } from './names';

/** Both lists of lines as they are shown; the lines were named before. */
export function told(before: readonly string[], after: readonly string[]): string[][] {
  const [old, now] = [before.join('\n'), after.join('\n')];
  const pins = pinsOf(old, now);
  return [old, now].map((text, side) => new Shown(text, pins[side]).text.split('\n'));
}
