/** One function for each thing that the server does. */
import type { IDiffAnswer } from './comparing';
import type { AskedSide } from './comparing';
import { asSaved, asSent, fillSides } from './comparing';
import type * as C from './contract';
import { requestAPI } from './request';

type Task = keyof C.IAnswers;

const get = <T extends Task>(task: T, query: C.IRequests[T]): Promise<C.IAnswers[T]> =>
  requestAPI(task, { query });

/** Requests after which the last commit may be another one. */
const MOVING = /(^|\/)(commit|pull|abort|switch|continue|skip|begin|undo)$/;

const listeners: (() => void)[] = [];

/** Call back when the last commit may be another one because of what a user did here. */
export function onHeadMoved(listener: () => void): void {
  listeners.push(listener);
}

async function post<T extends Task>(
  task: T,
  body: C.IRequests[T],
  signal?: AbortSignal
): Promise<C.IAnswers[T]> {
  try {
    return await requestAPI(task, { body, signal });
  } finally {
    if (MOVING.test(task)) {
      listeners.forEach(listener => listener());
    }
  }
}

export const readStatus = (path: string): Promise<C.Status> => get('status', { path });

/** Compare two sides; cells that are alike on both travel once. */
export async function compareSides(
  path: string,
  before: AskedSide,
  after: AskedSide,
  signal?: AbortSignal,
  outputs: C.Outputs = 'keep'
): Promise<IDiffAnswer> {
  const [old, now] = [asSaved(before), asSaved(after)];
  const sides = { before: asSent(old), after: asSent(now) };
  const answer: C.IComparison = await post(
    'diff',
    { path, ...sides, lean: true, outputs },
    signal
  );
  return fillSides(answer, old, now);
}

/** Read what changed on the disk since a commit or checkpoint; without one, since the last commit. */
export const readMarks = (path: string, since?: C.Side): Promise<C.IMarks> =>
  get('marks', {
    path,
    ...(since?.kind === 'commit' ? { kind: since.kind, id: since.ref } : {}),
    ...(since?.kind === 'checkpoint' ? { kind: since.kind, id: since.id } : {})
  });

export const listCheckpoints = (path: string): Promise<C.ICheckpoints> =>
  get('checkpoints', { path });

export const createCheckpoint = (body: C.ICheckpointRequest): Promise<C.IMadeCheckpoint> =>
  requestAPI('checkpoints', { body });

export const editCheckpoint = (request: C.IEditRequest): Promise<C.ICheckpoint> =>
  post('checkpoints/edit', request);

export const deleteCheckpoint = (request: C.IDeleteRequest): Promise<C.IDone> =>
  post('checkpoints/delete', request);

export const listChanges = (request: C.IChangesRequest): Promise<C.IVersionChanges> =>
  post('versions/changes', request);

export const listVersions = (path: string, limit: number): Promise<C.IVersions> =>
  get('versions', { path, limit });

/** Read a version; a cell that the known version has, too, is the number of that cell. */
export const readVersion = (
  path: string,
  { kind, id }: C.IVersion,
  known: C.IVersion | null
): Promise<C.IVersionContent> =>
  get('version', { path, kind, id, known_kind: known?.kind, known_id: known?.id });

export const commit = (
  request: C.ICommitRequest,
  signal?: AbortSignal
): Promise<C.ICommitAndPush> => post('commit', request, signal);

export const push = (request: C.IPushRequest, signal?: AbortSignal): Promise<C.IPush> =>
  post('push', request, signal);

export const pull = (request: C.INotebookRequest, signal?: AbortSignal): Promise<C.IPull> =>
  post('pull', request, signal);

export const merge = (request: C.IMergeRequest): Promise<C.IMerged> => post('merge', request);

export const openConflicts = (path: string): Promise<C.IConflicts> =>
  post('resolve/open', { path });

export const saveResolved = (request: C.IResolveSaveRequest): Promise<C.IResolved> =>
  post('resolve/save', request);

export const traceCell = (path: string, id: string, cell: number): Promise<C.ICellVersions> =>
  get('versions/cell', { path, id, cell });

export const listDeleted = (path: string): Promise<C.IDeletedCells> =>
  get('versions/deleted', { path });

export const readBlame = (path: string, cell: number): Promise<C.IBlame> =>
  get('blame', { path, cell });

/** Read the state of the repository that a path lies in. No remote is asked. */
export const readProject = (path: string): Promise<C.ProjectState> => get('project', { path });

export const commitFiles = (
  request: C.IProjectCommitRequest,
  signal?: AbortSignal
): Promise<C.ICommitAndPush> => post('project/commit', request, signal);

export const pushProject = (
  request: C.IProjectPushRequest,
  signal?: AbortSignal
): Promise<C.IPush> => post('project/push', request, signal);

export const pullProject = (path: string, signal?: AbortSignal): Promise<C.IPull> =>
  post('project/pull', { path }, signal);

/** List the changed cells of a notebook, as it is saved or as an editor has it. */
export const listCells = (
  { path, name, outputs, overrides }: C.ICellsRequest,
  side: AskedSide
): Promise<C.IChangedCells> => {
  const now = asSaved(side);
  const notebook = now.kind === 'content' ? now.notebook : null;
  return post('project/cells', { path, name, outputs, overrides, notebook });
};

export const discardCells = (request: C.IPickRequest): Promise<C.IKept> =>
  post('project/cells/discard', request);

export const unstageCells = (request: C.IPickRequest): Promise<C.IDone> =>
  post('project/cells/unstage', request);

export const discardFiles = (path: string, names: string[]): Promise<C.IKept> =>
  post('project/discard', { path, names });

export const bringBack = (path: string, kept: C.IKeptFile[]): Promise<C.IDone> =>
  post('project/undo', { path, kept });

export const beginProject = (path: string): Promise<C.IDone> => post('project/begin', { path });

export const setIdentity = (request: C.IIdentityRequest): Promise<C.IDone> =>
  post('project/identity', request);

export const addRemote = (path: string, url: string): Promise<C.IDone> =>
  post('project/remote', { path, url });

export const listBranches = (path: string): Promise<C.IBranches> =>
  get('project/branches', { path });

export const switchBranch = (request: C.ISwitchRequest): Promise<C.ISwitched> =>
  post('project/switch', request);

export const continueOperation = (
  request: C.IContinueRequest,
  signal?: AbortSignal
): Promise<C.IContinued> => post('project/continue', request, signal);

export const skipCommit = (path: string): Promise<C.IContinued> =>
  post('project/skip', { path });

export const abortOperation = (path: string): Promise<C.IKept> =>
  post('project/abort', { path });

export const compareText = (path: string, name: string): Promise<C.ITextPair> =>
  get('text/diff', { path, name });

export const readTextConflict = (path: string, name: string): Promise<C.ITextConflict> =>
  get('text/conflict', { path, name });

export const settleText = (request: C.ISettleRequest): Promise<C.IDone> =>
  post('text/settle', request);
