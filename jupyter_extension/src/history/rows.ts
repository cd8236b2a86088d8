/** The rows of a history: versions by day, and saves between them folded into one row. */
import type { IVersion } from '../server/contract';
import { formatDay, isMatch } from '../versions/naming';

export interface IVersionRow {
  kind: 'version';
  /** Place of the version, oldest first. */
  at: number;
}

/** Saves without a name, newest first. */
export interface ISavesRow {
  kind: 'saves';
  places: number[];
}

export interface IDayRow {
  kind: 'day';
  day: string;
}

export type HistoryRow = IVersionRow | ISavesRow | IDayRow;

/** The newest saves are shown each for itself. */
const NEWEST = 5;
/** Fewer saves than this are not folded. */
const LEAST = 3;

/** Return whether a version is a save that nobody gave a name. */
export function isSave(version: IVersion): boolean {
  return (
    version.kind === 'checkpoint' &&
    !version.pinned &&
    /^(Checkpoint|Automatic( checkpoint)?)?$/.test(version.message)
  );
}

/** Return the versions to show: a save with the content of its neighbor says nothing. */
export function withoutRepeats(versions: readonly IVersion[]): IVersion[] {
  return versions.filter(version => !(version.repeats && isSave(version)));
}

/**
 * Lay out the versions that match a filter, given oldest first; newest first.
 *
 *     C s s s s s s s C s s s     (C a commit, s a save)
 *     C, "7 saves", C, s, s, s
 */
export function layOutHistory(versions: readonly IVersion[], filter = ''): HistoryRow[] {
  const rows: HistoryRow[] = [];
  let day = '';
  let run: number[] = [];
  let isNewest = true;
  const flush = (): void => {
    const single = isNewest ? run.slice(0, NEWEST) : [];
    const rest = run.slice(single.length);
    const folded = rest.length >= LEAST && !filter.trim();
    for (const at of folded ? single : run) {
      rows.push({ kind: 'version', at });
    }
    if (folded) {
      rows.push({ kind: 'saves', places: rest });
    }
    run = [];
  };
  for (let at = versions.length - 1; at >= 0; at--) {
    const version = versions[at];
    if (!isMatch(version, filter)) {
      continue;
    }
    if (formatDay(version.time) !== day) {
      flush();
      day = formatDay(version.time);
      rows.push({ kind: 'day', day });
    }
    if (isSave(version)) {
      run.push(at);
    } else {
      flush();
      isNewest = false;
      rows.push({ kind: 'version', at });
    }
  }
  flush();
  return rows;
}
