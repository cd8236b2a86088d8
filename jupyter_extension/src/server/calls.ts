/** One function for each thing that the server does. */
import type { IDiffAnswer } from './comparing';
import { fillSides } from './comparing';
import type * as C from './contract';
import type { IRequest } from './request';
import { requestAPI } from './request';

const ask = <T extends keyof C.IAnswers>(
  endpoint: T,
  request: IRequest
): Promise<C.IAnswers[T]> => requestAPI(endpoint, request);

export const readStatus = (path: string): Promise<C.Status> =>
  ask('status', { query: { path } });

/** Compare two sides; cells that are alike on both travel once. */
export async function compareSides(
  path: string,
  before: C.Side,
  after: C.Side,
  signal?: AbortSignal
): Promise<IDiffAnswer> {
  const body: C.IDiffRequest = { path, before, after, lean: true };
  return fillSides(await ask('diff', { body, signal }), before, after);
}

export const listCheckpoints = (path: string): Promise<C.ICheckpoints> =>
  ask('checkpoints', { query: { path } });

export const createCheckpoint = (request: C.ICheckpointRequest): Promise<C.IMadeCheckpoint> =>
  requestAPI('checkpoints', { body: request });

export const readDigest = (path: string): Promise<C.IDigest> =>
  ask('digest', { query: { path } });

export const listVersions = (path: string, limit: number): Promise<C.IVersions> =>
  ask('versions', { query: { path, limit } });

/** Read a version; a cell that the known version has, too, is the number of that cell. */
export const readVersion = (
  path: string,
  { kind, id }: C.IVersion,
  known: C.IVersion | null
): Promise<C.IVersionContent> =>
  ask('version', { query: { path, kind, id, known_kind: known?.kind, known_id: known?.id } });

export const commit = (
  request: C.ICommitRequest,
  signal?: AbortSignal
): Promise<C.ICommitAndPush> => ask('commit', { body: request, signal });

export const push = (request: C.IPushRequest, signal?: AbortSignal): Promise<C.IPush> =>
  ask('push', { body: request, signal });

export const pull = (request: C.IPullRequest, signal?: AbortSignal): Promise<C.IPull> =>
  ask('pull', { body: request, signal });

export const openConflicts = (path: string): Promise<C.IConflicts> =>
  ask('resolve/open', { body: { path } satisfies C.IResolveOpenRequest });

export const saveResolved = (request: C.IResolveSaveRequest): Promise<C.IResolved> =>
  ask('resolve/save', { body: request });

export const readBlame = (path: string, cell: number): Promise<C.IBlame> =>
  ask('blame', { query: { path, cell } });
