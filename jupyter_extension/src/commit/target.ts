import type { LiveNotebook } from '../live/document';
import type { IProjectFile } from '../server/contract';

/** The notebook that a commit dialog is about. */
export interface ICommitTarget {
  path: string;
  name: string;
  live: LiveNotebook | null;
  /** Open the conflicts of a file of the repository. */
  openConflict: (file: IProjectFile) => void;
  /** Show all changed files. */
  openPanel: () => void;
}

/** Messages typed into dialogs that were cancelled, by path. */
export const drafts = new Map<string, string>();
