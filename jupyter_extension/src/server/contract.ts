/** Written by `python -m tests.integration.jupyter.contract`. */
import type { INotebookDiff, LineOp } from '../diff/format';
import type { ICell, INotebook } from '../shared/notebook';

/** The last commit. */
export interface IHeadSide {
  kind: 'head';
  path?: string | null;
}

/** What is saved, of this notebook or of another. */
export interface IDiskSide {
  kind: 'disk';
  path?: string | null;
  known?: boolean;
}

/** A checkpoint, by its id or "latest". */
export interface ICheckpointSide {
  kind: 'checkpoint';
  id: string;
  path?: string | null;
}

/** A commit, by any of its names. */
export interface ICommitSide {
  kind: 'commit';
  ref: string;
  path?: string | null;
}

/** A notebook that the browser sends, such as one with unsaved changes. */
export interface IContentSide {
  kind: 'content';
  notebook: unknown;
  label?: string | null;
}

/** No notebook. */
export interface IEmptySide {
  kind: 'empty';
}

/** A request that needs the path of a notebook only, or of which nothing else is read. */
export interface INotebookRequest {
  path: string;
}

/** List the newest versions. */
export interface IVersionsRequest {
  path: string;
  limit?: number;
}

/** Return what changed in versions, given by their ids. */
export interface IChangesRequest {
  path: string;
  ids: string[];
}

/** Mark what changed since a version; without one, since the last commit. */
export interface IMarksRequest {
  path: string;
  kind?: VersionType | null;
  id?: string;
}

/** Show a version; the browser has the cells of the known one. */
export interface IVersionRequest {
  path: string;
  kind: VersionType;
  id: string;
  known_kind?: VersionType | null;
  known_id?: string;
}

/** Find the versions that changed a cell, given by its id, or by its index if it has none. */
export interface ICellRequest {
  path: string;
  cell?: number;
  id?: string;
}

/** Return who wrote a cell, given by its index. */
export interface IBlameRequest {
  path: string;
  cell: number;
}

/** Compare two sides. */
export interface IDiffRequest {
  before: Side;
  after: Side;
  path: string;
  lean?: boolean;
  outputs?: Outputs;
}

/** Make a checkpoint of what is sent, without that of what is saved. */
export interface ICheckpointRequest {
  path: string;
  message?: string;
  notebook?: unknown;
  keep?: number | null;
}

/** Delete a checkpoint. */
export interface IDeleteRequest {
  path: string;
  id: string;
}

/** Give a checkpoint another message, pin it, or unpin it; null leaves that as it is. */
export interface IEditRequest {
  path: string;
  id: string;
  message?: string | null;
  pinned?: boolean | null;
}

/** Which changes of a notebook are chosen: cells by their entries, and what is not in a cell. */
export interface IPickedCells {
  name: string;
  cells?: number[];
  notebook?: boolean;
  state?: string | null;
}

/** Commit a notebook, and push. `partly_staged` commits the file although another is staged. */
export interface ICommitRequest {
  path: string;
  message: string;
  push?: boolean;
  branch?: string | null;
  remote?: string | null;
  set_upstream?: boolean;
  outputs?: Outputs;
  remember_outputs?: boolean;
  expected?: string | null;
  partly_staged?: boolean;
  ignored?: boolean;
  finish_merge?: boolean;
  picked?: IPickedCells | null;
}

/** Push the current branch. */
export interface IPushRequest {
  path: string;
  remote?: string | null;
  set_upstream?: boolean;
}

/** Restore a version, or one of its cells; `expected` is what the caller has seen. */
export interface IRestoreRequest {
  path: string;
  kind: VersionType;
  id: string;
  expected: string;
  cell?: number | null;
}

/** Save a notebook whose conflicts were decided. */
export interface IResolveSaveRequest {
  path: string;
  expected: string;
  notebook: unknown;
  opened?: unknown;
}

/** Merge what is saved into a notebook in an editor; both come from `base`. */
export interface IMergeRequest {
  path: string;
  base: unknown;
  notebook: unknown;
}

/** A request about the repository that a file or folder of the contents API is in. */
export interface IProjectRequest {
  path: string;
}

/** A request about one file of the repository, by its path from the top. */
export interface IFileRequest {
  path: string;
  name: string;
}

/** List the changed cells of a notebook, by its path from the top. */
export interface ICellsRequest {
  path: string;
  name: string;
  outputs?: Outputs;
  overrides?: boolean;
  notebook?: unknown;
}

/** Unstage or discard changes of a notebook: cells by their entries in a list that was `state`. */
export interface IPickRequest {
  path: string;
  name: string;
  state: string;
  cells?: number[];
  notebook?: boolean;
  outputs?: Outputs;
  overrides?: boolean;
}

/** Commit files of any kind, by their paths from the top, and push. */
export interface IProjectCommitRequest {
  path: string;
  names: string[];
  message: string;
  push?: boolean;
  remote?: string | null;
  outputs?: Outputs;
  partly_staged?: boolean;
  picked?: IPickedCells[];
}

/** Push the current branch; a branch without an upstream gets one. */
export interface IProjectPushRequest {
  path: string;
  remote?: string | null;
}

/** Discard the uncommitted changes of files, by their paths from the top. */
export interface IDiscardRequest {
  path: string;
  names: string[];
}

/** A checkpoint of a file, by the file's path from the top and the checkpoint's ID. */
export interface IKeptFile {
  name: string;
  id: string;
}

/** Write checkpoints over their files. */
export interface IBringBackRequest {
  path: string;
  kept: IKeptFile[];
}

/** Set who commits: in this repository, or `everywhere` for this user. */
export interface IIdentityRequest {
  path: string;
  name: string;
  email: string;
  everywhere?: boolean;
}

/** Add a remote. */
export interface IRemoteRequest {
  path: string;
  url: string;
  name?: string;
}

/** Switch to a branch that is here, or on a `remote`; or `create` it at the current commit. */
export interface ISwitchRequest {
  path: string;
  branch: string;
  remote?: string | null;
  create?: boolean;
}

/** Finish the operation in progress, or go on to where git stops next, and push. */
export interface IContinueRequest {
  path: string;
  message?: string;
  push?: boolean;
  remote?: string | null;
}

/** Resolve a file in conflict with a text, or with the whole file of a side. */
export interface ISettleRequest {
  path: string;
  name: string;
  expected: string;
  text?: string | null;
  side?: 'local' | 'remote' | null;
}

/** A repository, and what git knows of one notebook in it. */
export interface IRepositoryStatus {
  top: string;
  path: string;
  branch: string | null;
  unborn: boolean;
  head: string | null;
  operation: Operation | null;
  remotes: string[];
  upstream: string | null;
  ahead: number | null;
  behind: number | null;
  filter: boolean;
  state: FileState;
  renamed_from: string | null;
  outputs: Outputs | null;
}

/** What the buttons need to know about a notebook in a repository. */
export interface IInRepository {
  version: string;
  checkpoints: number;
  repository: IRepositoryStatus;
  reason: null;
}

/** What the buttons need to know about a notebook that git can't be used for, and why. */
export interface IOutsideRepository {
  version: string;
  checkpoints: number;
  repository: null;
  reason: string;
}

/** What is saved. */
export interface IDigest {
  digest: string;
}

/** One side of a comparison. */
export interface IComparedSide {
  label: string;
  notebook?: INotebook<ICell | null> | null;
  time?: string | null;
  author?: string | null;
  message?: string | null;
  id?: string | null;
}

/** How many cells differ in noise alone, and the keys that are noise, by level. */
export interface INoise {
  cells: number;
  keys: Record<Level, string[]>;
}

/** The digests of both sides; null for what is in an editor only. */
export interface IDigests {
  before: string | null;
  after: string | null;
}

/** Two versions of a notebook, and nbvc's diff of them. */
export interface IComparison {
  before: IComparedSide;
  after: IComparedSide;
  diff: INotebookDiff;
  noise: INoise;
  digests: IDigests;
}

/** What changed in a saved cell since another version, and its source there if it had one. */
export interface IMark {
  at: number;
  kind: MarkKind;
  source?: string | null;
}

/** A cell that was deleted since another version, and which cell follows its place. */
export interface IGone {
  at: number;
}

/** What changed in the cells of a saved notebook since another version, if that has it. */
export interface IMarks {
  is_known: boolean;
  marks: IMark[];
  gone: IGone[];
}

/** A checkpoint of a notebook, and the commit that holds it. */
export interface ICheckpoint {
  id: string;
  message: string;
  author: string;
  time: string;
  path: string;
  commit: string;
}

/** The checkpoints of a notebook, oldest first. */
export interface ICheckpoints {
  checkpoints: ICheckpoint[];
}

/** A checkpoint; `made` is false if the latest one has the same content. */
export interface IMadeCheckpoint {
  checkpoint: ICheckpoint;
  made: boolean;
}

/** Nothing more to say. */
export type IDone = Record<string, never>;

/** A commit or checkpoint of a notebook; `path` is what the notebook was called then. */
export interface IVersion {
  kind: 'commit' | 'checkpoint';
  id: string;
  short: string;
  author: string;
  time: string;
  message: string;
  path: string;
  commit: string;
  parents: string[];
  pinned?: boolean;
  repeats?: boolean;
}

/** What changed in a version: cells by kind, and the line before and after if it is only one. */
export interface IVersionChange {
  is_first?: boolean;
  is_same?: boolean;
  changed?: number;
  split?: number;
  joined?: number;
  added?: number;
  removed?: number;
  moved?: number;
  outputs?: number;
  before?: string | null;
  after?: string | null;
}

/** What changed in versions, by their ids. */
export interface IVersionChanges {
  changes: Record<string, IVersionChange>;
}

/** A version that changed a cell, and the cell's index in it. */
export interface ICellVersion {
  id: string;
  cell: number;
}

/** The versions that changed a cell, newest first. */
export interface ICellVersions {
  versions: ICellVersion[];
}

/** A cell, the version that deleted it, and the version before, which still has it. */
export interface IDeletedCell {
  version: string;
  before: string;
  cell: ICell;
}

/** Cells of old versions that the last version does not have, the last deleted first. */
export interface IDeletedCells {
  cells: IDeletedCell[];
}

/** The versions of a notebook, newest first, and whether these are all. */
export interface IVersions {
  versions: IVersion[];
  complete: boolean;
}

/** A notebook as it was, and who made it so. */
export interface IVersionContent {
  label: string;
  author: string | null;
  time: string | null;
  message: string | null;
  notebook: INotebook<ICell | number>;
  digest: string | null;
}

/** The version that something comes from. */
export interface IOrigin {
  kind: 'commit' | 'checkpoint';
  id: string;
  short: string;
  author: string;
  time: string;
  message: string;
}

/** Where the source and the outputs of a cell come from; null for what is not committed. */
export interface IBlame {
  source: IOrigin | null;
  outputs: IOrigin | null;
}

/** A commit. */
export interface ICommitted {
  message: string;
  hint: string | null;
  branch: string | null;
  names: string[];
  edited: string[];
  renamed_from: string | null;
  stderr: string;
  outcome: 'committed';
  oid: string;
  short: string;
}

/** Why there is no commit. */
export interface INotCommitted {
  message: string;
  hint: string | null;
  branch: string | null;
  names: string[];
  edited: string[];
  renamed_from: string | null;
  stderr: string;
  outcome: Exclude<CommitOutcome, 'committed'>;
  oid: null;
  short: null;
}

/** The pages of a pushed commit; those that its host has. */
export interface IPages {
  commit?: string | null;
  request?: string | null;
  viewer?: string | null;
}

/** What became of a push; `links` is null if it failed or the host is not known. */
export interface IPushResult {
  outcome: PushOutcome;
  message: string;
  hint: string | null;
  branch: string | null;
  remote: string | null;
  stderr: string;
  links: IPages | null;
}

/** What became of a pull. */
export interface IPullResult {
  outcome: PullOutcome;
  message: string;
  hint: string | null;
  branch: string | null;
  oid: string | null;
  names: string[];
  stderr: string;
  notes: string[];
  kept: ICheckpoint[];
  undecided: string[];
  left_out: string[];
}

/** What became of a commit, and of the push after it; null if there was none. */
export interface ICommitAndPush {
  commit: CommitResult;
  push: IPushResult | null;
}

/** What became of a push. */
export interface IPush {
  push: IPushResult;
}

/** What became of a pull. */
export interface IPull {
  pull: IPullResult;
}

/** A merge that was aborted; `kept` are checkpoints of the notebooks as they were in it. */
export interface IAborted {
  kept: ICheckpoint[];
}

/** A notebook that was brought back; `kept` is the checkpoint of what was there before. */
export interface IRestored {
  digest: string;
  kept: ICheckpoint | null;
  notebook: INotebook;
}

/** Lines of a source that are not in conflict. */
export interface ISettled {
  lines: string[];
}

/** Lines of a source that each side has its own way. */
export interface IDisputed {
  local: string[];
  remote: string[];
  base: string[] | null;
}

/** What the sides of a merge are called. */
export interface ILabels {
  local: string;
  remote: string;
}

/** A cell in conflict: as each side has it, and its source in chunks. */
export interface IConflict {
  index: number;
  span: number;
  id: string | null;
  hunks: number;
  labels: ILabels;
  own: 'local' | 'remote';
  deleted_by: 'local' | 'remote' | null;
  chunks: Chunk[];
  local: ICell[];
  base: ICell[] | null;
  remote: ICell[];
  reason: string;
}

/** Which side deleted a notebook, and which side is the user's own. */
export interface IDeletion {
  by: 'local' | 'remote';
  own: 'local' | 'remote';
  reason: string;
}

/** A notebook with its conflicts, and who left them: nbvc's markers, or git's text. */
export interface IConflicts {
  kind: ConflictKind;
  notebook: INotebook;
  digest: string;
  unmerged: boolean;
  deleted: IDeletion | null;
  conflicts: IConflict[];
  reruns: number[];
}

/** What was saved, and whether git or the notebook still has conflicts. */
export interface IResolved {
  digest: string;
  unmerged: boolean;
  left: number;
}

/** A notebook merged with what is saved, how many cells are in conflict, and what is saved. */
export interface IMerged {
  notebook: INotebook;
  conflicts: number;
  disk: INotebook;
}

/** How many cells of a notebook changed, and in what way. */
export interface ICellCounts {
  changed: number;
  added: number;
  removed: number;
  moved: number;
}

/** How far the change of a notebook goes; `counts` is null if it has no diff. */
export interface INotebookChange {
  extent: Extent;
  counts: ICellCounts | null;
}

/** A file that differs from the last commit; `name` is its path from the top. */
export interface IProjectFile {
  name: string;
  path: string | null;
  kind: FileKind;
  state: FileState;
  old_name: string | null;
  notebook: INotebookChange | null;
  lines: number[] | null;
  open: boolean;
}

/** A cell that changed. `key` stays while a person goes on with the cell. */
export interface ICellChange {
  key: string;
  entry: number;
  change: Change;
  moved: boolean;
  numbers: number[];
  text: string;
  added: number;
  removed: number;
  outputs: boolean;
}

/** What of a notebook is not committed, by cell. */
export interface IChangedCells {
  state: string;
  is_new: boolean;
  partly_staged: boolean;
  cells: ICellChange[];
  notebook: boolean;
  staged: ICellChange[];
  staged_notebook: boolean;
}

/** What git is in the middle of; without `operation` it is a stash that left conflicts. */
export interface IRunning {
  operation: Operation | null;
  steps: OperationStep[];
  message: string;
}

/** Who commits. */
export interface IPerson {
  name: string;
  email: string;
}

/** A repository and all that is not committed in it. */
export interface IProject {
  top: string;
  asked: string | null;
  branch: string | null;
  head: string | null;
  identity: IPerson | null;
  remotes: string[];
  upstream: string | null;
  ahead: number | null;
  behind: number | null;
  running: IRunning | null;
  files: IProjectFile[];
  more: number;
  reason?: null;
}

/** Why there is no repository; `folder` is where one can be created, null if it can't be. */
export interface INoProject {
  folder: string | null;
  reason: string;
}

/** A branch that can be switched to; `remote` has it if it is not here. */
export interface INamedBranch {
  name: string;
  remote: string | null;
  time: string;
  subject: string;
}

/** The branches that can be switched to, and the current one. */
export interface IBranches {
  current: string | null;
  branches: INamedBranch[];
}

/** The branch that is the current one now, or the files that keep git from switching to it. */
export interface ISwitched {
  branch: string | null;
  refused: string | null;
  names: string[];
}

/** Checkpoints of files as they were before. */
export interface IKept {
  kept: ICheckpoint[];
}

/** What became of an operation in progress, and of the push after it. */
export interface IContinued {
  commit: CommitResult;
  push: IPushResult | null;
  kept: ICheckpoint[];
}

/** A text file as the last commit has it and as it is on disk; null for no file. */
export interface ITextPair {
  before: string | null;
  after: string | null;
  ops: LineOp[];
}

/** The conflicts of a file that is not a notebook. */
export interface ITextConflict {
  digest: string;
  unmerged: boolean;
  labels: ILabels;
  own: 'local' | 'remote';
  deleted_by: 'local' | 'remote' | null;
  chunks: Chunk[] | null;
}

/** Why a request was refused, with what to do and a name of the reason for programs. */
export interface IRefused {
  message: string;
  hint: string | null;
  reason: Reason;
}

export type Change = 'unchanged' | 'modified' | 'added' | 'removed' | 'split' | 'joined';

export type Chunk = ISettled | IDisputed;

export type CommitOutcome =
  | 'committed'
  | 'nothing to commit'
  | 'partly staged'
  | 'unmerged'
  | 'ignored'
  | 'no file'
  | 'no message'
  | 'operation in progress'
  | 'branch refused'
  | 'no identity'
  | 'hook refused'
  | 'signing failed'
  | 'locked'
  | 'timeout'
  | 'failed';

export type CommitResult = ICommitted | INotCommitted;

export type ConflictKind = 'nbvc' | 'git' | 'deleted' | 'none';

export type Extent =
  | 'sources'
  | 'outputs only'
  | 'metadata only'
  | 'noise only'
  | 'renamed only'
  | 'same content'
  | 'added'
  | 'removed'
  | 'in conflict'
  | 'untracked'
  | 'no notebook'
  | 'not available';

export type FileKind = 'added' | 'changed' | 'deleted' | 'renamed' | 'conflict';

export type FileState =
  | 'unchanged'
  | 'changed'
  | 'staged'
  | 'partly staged'
  | 'untracked'
  | 'ignored'
  | 'unmerged';

export type Level =
  | 'notebook'
  | 'notebook metadata'
  | 'cell'
  | 'cell metadata'
  | 'output'
  | 'output metadata';

export type MarkKind = 'added' | 'changed' | 'moved' | 'outputs';

export type Operation = 'rebase' | 'am' | 'merge' | 'cherry-pick' | 'revert' | 'bisect';

export type OperationStep = 'continue' | 'skip' | 'abort';

export type Outputs = 'keep' | 'strip';

export type ProjectState = IProject | INoProject;

export type PullOutcome =
  | 'up to date'
  | 'fast-forwarded'
  | 'merged'
  | 'conflicts'
  | 'detached'
  | 'no upstream'
  | 'operation in progress'
  | 'uncommitted changes'
  | 'url refused'
  | 'authentication'
  | 'unreachable'
  | 'timeout'
  | 'failed';

export type PushOutcome =
  | 'pushed'
  | 'up to date'
  | 'detached'
  | 'unborn'
  | 'no remote'
  | 'no upstream'
  | 'url refused'
  | 'hook refused'
  | 'rejected'
  | 'remote refused'
  | 'authentication'
  | 'unreachable'
  | 'timeout'
  | 'failed';

export type Reason =
  | 'bad-path'
  | 'bad-request'
  | 'branch-refused'
  | 'busy'
  | 'cancelled'
  | 'content-changed'
  | 'contents'
  | 'forbidden'
  | 'foreign-checkpoint'
  | 'git'
  | 'http'
  | 'no-cell'
  | 'no-checkpoint'
  | 'no-git'
  | 'no-notebook'
  | 'no-repository'
  | 'no-text'
  | 'not-found'
  | 'not-in-commit'
  | 'not-local'
  | 'not-restorable'
  | 'outside'
  | 'refused'
  | 'timeout'
  | 'unexpected'
  | 'unknown-ref'
  | 'unreadable-file'
  | 'unreadable-notebook'
  | 'unwritable-file'
  | 'worker-ended';

export type Side =
  | IHeadSide
  | IDiskSide
  | ICheckpointSide
  | ICommitSide
  | IContentSide
  | IEmptySide;

export type Status = IInRepository | IOutsideRepository;

export type VersionType = 'commit' | 'checkpoint' | 'working tree';

/** The request of each task. */
export interface IRequests {
  'status': INotebookRequest;
  'digest': INotebookRequest;
  'diff': IDiffRequest;
  'marks': IMarksRequest;
  'checkpoints': INotebookRequest;
  'checkpoints/make': ICheckpointRequest;
  'checkpoints/delete': IDeleteRequest;
  'checkpoints/edit': IEditRequest;
  'versions': IVersionsRequest;
  'versions/changes': IChangesRequest;
  'versions/cell': ICellRequest;
  'versions/deleted': INotebookRequest;
  'version': IVersionRequest;
  'blame': IBlameRequest;
  'commit': ICommitRequest;
  'push': IPushRequest;
  'pull': INotebookRequest;
  'abort': INotebookRequest;
  'restore': IRestoreRequest;
  'resolve/open': INotebookRequest;
  'merge': IMergeRequest;
  'resolve/save': IResolveSaveRequest;
  'project': IProjectRequest;
  'project/commit': IProjectCommitRequest;
  'project/push': IProjectPushRequest;
  'project/pull': IProjectRequest;
  'project/cells': ICellsRequest;
  'project/cells/unstage': IPickRequest;
  'project/cells/discard': IPickRequest;
  'project/discard': IDiscardRequest;
  'project/undo': IBringBackRequest;
  'project/begin': IProjectRequest;
  'project/identity': IIdentityRequest;
  'project/remote': IRemoteRequest;
  'project/branches': IProjectRequest;
  'project/switch': ISwitchRequest;
  'project/continue': IContinueRequest;
  'project/skip': IProjectRequest;
  'project/abort': IProjectRequest;
  'text/diff': IFileRequest;
  'text/conflict': IFileRequest;
  'text/settle': ISettleRequest;
}

/** The answer of each task. */
export interface IAnswers {
  'status': Status;
  'digest': IDigest;
  'diff': IComparison;
  'marks': IMarks;
  'checkpoints': ICheckpoints;
  'checkpoints/make': IMadeCheckpoint;
  'checkpoints/delete': IDone;
  'checkpoints/edit': ICheckpoint;
  'versions': IVersions;
  'versions/changes': IVersionChanges;
  'versions/cell': ICellVersions;
  'versions/deleted': IDeletedCells;
  'version': IVersionContent;
  'blame': IBlame;
  'commit': ICommitAndPush;
  'push': IPush;
  'pull': IPull;
  'abort': IAborted;
  'restore': IRestored;
  'resolve/open': IConflicts;
  'merge': IMerged;
  'resolve/save': IResolved;
  'project': ProjectState;
  'project/commit': ICommitAndPush;
  'project/push': IPush;
  'project/pull': IPull;
  'project/cells': IChangedCells;
  'project/cells/unstage': IDone;
  'project/cells/discard': IKept;
  'project/discard': IKept;
  'project/undo': IDone;
  'project/begin': IDone;
  'project/identity': IDone;
  'project/remote': IDone;
  'project/branches': IBranches;
  'project/switch': ISwitched;
  'project/continue': IContinued;
  'project/skip': IContinued;
  'project/abort': IKept;
  'text/diff': ITextPair;
  'text/conflict': ITextConflict;
  'text/settle': IDone;
}
