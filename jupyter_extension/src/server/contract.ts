/** What the server extension takes and gives; one interface for each kind of answer. */
import type { INotebookDiff } from '../diff/format';
import type { ICell, INotebook } from '../shared/notebook';

export interface IRepository {
  top: string;
  path: string;
  branch: string | null;
  unborn: boolean;
  head: string | null;
  operation: string | null;
  remotes: string[];
  upstream: string | null;
  ahead: number | null;
  behind: number | null;
  filter: boolean;
  state: string;
}

export interface IStatus {
  version: string;
  repository: IRepository | null;
  reason: string | null;
  checkpoints: number;
}

export type Side =
  | { kind: 'head' }
  | { kind: 'disk'; path?: string }
  | { kind: 'checkpoint'; id: string; path?: string }
  | { kind: 'commit'; ref: string; path?: string }
  | { kind: 'content'; notebook: unknown; label?: string }
  | { kind: 'empty' };

export interface IDiffSide {
  label: string;
  time?: string | null;
  author?: string | null;
  message?: string | null;
  notebook: INotebook | null;
}

export interface IDiffAnswer {
  before: IDiffSide;
  after: IDiffSide;
  diff: INotebookDiff;
  noise: { cells: number; keys?: Record<string, string[]> };
  digests: { before: string | null; after: string | null };
}

export interface ICheckpoint {
  id: string;
  message: string;
  author: string;
  time: string;
  path: string;
  commit: string | null;
}

export interface IVersion {
  kind: 'commit' | 'checkpoint';
  id: string;
  short: string;
  author: string;
  time: string;
  message: string;
  path: string;
  commit?: string | null;
}

export interface IVersions {
  versions: IVersion[];
  complete: boolean;
}

export interface IVersionContent {
  label: string;
  author: string;
  time: string;
  message: string;
  notebook: INotebook;
  digest: string;
}

export interface ICommitRequest {
  path: string;
  message: string;
  push: boolean;
  branch: string | null;
  remote: string | null;
  set_upstream: boolean;
  outputs: 'keep' | 'strip';
  expected?: string;
  partly_staged?: boolean;
  ignored?: boolean;
  /** Make the commit of a merge that stopped at conflicts, with all that it brings. */
  finish_merge?: boolean;
}

export interface ICommitResult {
  outcome: string;
  message: string;
  hint: string | null;
  oid: string | null;
  short: string | null;
  branch: string | null;
  /** What was committed, or what stands in the way: paths from the top of the repository. */
  names?: string[];
  stderr: string;
}

export interface IPushResult {
  outcome: string;
  message: string;
  hint: string | null;
  branch: string | null;
  remote: string | null;
  stderr: string;
  /** Pages of the pushed commit, null if the host is not known. */
  links: { commit?: string; request?: string; viewer?: string } | null;
}

export interface IPullResult {
  outcome: string;
  message: string;
  hint: string | null;
  oid: string | null;
  names: string[];
  stderr: string;
  /** Notebooks with changes that were in no commit: in conflict with others' now, or left alone. */
  undecided?: string[];
  left_out?: string[];
}

export interface IRestored {
  digest: string;
  kept: ICheckpoint | null;
  notebook: INotebook;
}

/** A piece of a source: settled lines, or two sides to choose from. */
export interface IChunk {
  lines?: string[] | string;
  local?: string[] | string;
  remote?: string[] | string;
  base?: string[] | string | null;
}

export interface IConflict {
  index: number;
  hunks: number;
  labels: { local: string; remote: string };
  /** Which side is the user's: in a rebase git's local is what it goes on top of. */
  own: 'local' | 'remote';
  deleted_by: 'local' | 'remote' | null;
  chunks: IChunk[];
  /** The cell as each side has it; no cell where that side deleted it. */
  local: ICell[];
  base: ICell[] | null;
  remote: ICell[];
  reason: string;
}

export interface IConflicts {
  notebook: INotebook;
  conflicts: IConflict[];
  kind: 'nbvc' | 'git' | 'none';
  digest: string;
  unmerged: boolean;
}

export interface IBlame {
  source: { id: string; short?: string; author: string; time: string; message: string } | null;
  outputs: { id: string; short?: string; author: string; time: string; message: string } | null;
}
