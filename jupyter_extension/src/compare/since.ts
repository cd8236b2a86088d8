/** The version that the marks in the margin of an open notebook are compared with. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import type { Side } from '../server/contract';
import type { IServices } from '../shared/services';
import { askForVersion } from '../versions/choosing';
import type { End } from '../versions/naming';

/** A version, and what it is called. */
export interface IMarkedSince {
  side: Side;
  label: string;
}

const chosen = new Map<string, IMarkedSince>();

/** Emits the path of a notebook whose marks are compared with another version now. */
export const sinceChanged = new Signal<object, string>({});

/** Return the version that was chosen for a notebook; null for the last commit. */
export function findSince(path: string): IMarkedSince | null {
  return chosen.get(path) ?? null;
}

/** Mark what changed since a version; null for the last commit. */
export function setSince(path: string, since: IMarkedSince | null): void {
  if (since) {
    chosen.set(path, since);
  } else {
    chosen.delete(path);
  }
  sinceChanged.emit(path);
}

/** Ask for the version. */
export async function chooseSince(services: IServices, path: string): Promise<void> {
  const { trans } = services;
  const last: End = { side: { kind: 'head' } };
  const end = await askForVersion(services, path, {
    title: trans.__('Mark changes since…'),
    accept: trans.__('Mark changes'),
    first: { label: trans.__('Last commit'), end: last }
  });
  if (end && end.side !== 'now') {
    setSince(path, end === last ? null : { side: end.side, label: end.label ?? '' });
  }
}

/** Name the version within a sentence: `the last commit`, or `“Raise the limit”`. */
export function nameSince(since: IMarkedSince | null, trans: TranslationBundle): string {
  return since ? trans.__('“%1”', since.label) : trans.__('the last commit');
}
