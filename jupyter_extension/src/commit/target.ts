import type { LiveNotebook } from '../live/document';

/** The notebook that a commit dialog is about. */
export interface ICommitTarget {
  path: string;
  name: string;
  live: LiveNotebook | null;
  openConflicts: (path: string) => void;
}

/** Messages typed into dialogs that were cancelled, by path. */
export const drafts = new Map<string, string>();
