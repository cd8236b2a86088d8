/** One function for each thing that the server does. */
import type * as C from './contract';
import { requestAPI } from './request';

export const status = (path: string): Promise<C.IStatus> =>
  requestAPI('status', { query: { path } });

/** Compare; cells that are alike on both sides travel once. */
export async function diff(
  path: string,
  before: C.Side,
  after: C.Side,
  signal?: AbortSignal
): Promise<C.IDiffAnswer> {
  const body = { path, before, after, lean: true };
  const answer = await requestAPI<C.IDiffAnswer>('diff', { body, signal });
  for (const [said, side] of [
    [answer.before, before],
    [answer.after, after]
  ] as const) {
    if (side.kind === 'content') {
      // What was sent does not come back: on a large notebook that is half of the way.
      said.notebook = side.notebook as C.IDiffSide['notebook'];
    }
  }
  const [old, now] = [answer.before.notebook?.cells, answer.after.notebook?.cells];
  for (const entry of answer.diff.cells) {
    if (old && now && entry.before.length === 1 && entry.after.length === 1) {
      old[entry.before[0]] ??= now[entry.after[0]];
    }
  }
  return answer;
}

export const checkpoints = (path: string): Promise<{ checkpoints: C.ICheckpoint[] }> =>
  requestAPI('checkpoints', { query: { path } });

export const createCheckpoint = (
  path: string,
  message: string,
  notebook?: unknown
): Promise<{ checkpoint: C.ICheckpoint; made: boolean }> =>
  requestAPI('checkpoints', { body: { path, message, notebook } });

/** A checkpoint that pushes older ones of the same message out. */
export const rollCheckpoint = (
  path: string,
  message: string,
  notebook: unknown,
  keep: number
): Promise<{ checkpoint: C.ICheckpoint; made: boolean }> =>
  requestAPI('checkpoints', { body: { path, message, notebook, keep } });

export const digest = (path: string): Promise<{ digest: string }> =>
  requestAPI('digest', { query: { path } });

export const versions = (path: string, limit: number): Promise<C.IVersions> =>
  requestAPI('versions', { query: { path, limit } });

/** A version; a cell that the known version has too comes as its number there. */
export const version = (
  path: string,
  { kind, id }: C.IVersion,
  known: C.IVersion | null
): Promise<C.IVersionContent> =>
  requestAPI('version', {
    query: { path, kind, id, known_kind: known?.kind, known_id: known?.id }
  });

export const commit = (
  request: C.ICommitRequest,
  signal?: AbortSignal
): Promise<{ commit: C.ICommitResult; push: C.IPushResult | null }> =>
  requestAPI('commit', { body: request, signal });

export const push = (
  path: string,
  remote: string | null,
  setUpstream: boolean,
  signal?: AbortSignal
): Promise<{ push: C.IPushResult }> =>
  requestAPI('push', { body: { path, remote, set_upstream: setUpstream }, signal });

export const pull = (path: string, signal?: AbortSignal): Promise<{ pull: C.IPullResult }> =>
  requestAPI('pull', { body: { path }, signal });

export const restore = (
  path: string,
  kind: 'commit' | 'checkpoint',
  id: string,
  expected: string,
  cell?: number
): Promise<C.IRestored> => requestAPI('restore', { body: { path, kind, id, expected, cell } });

export const openConflicts = (path: string): Promise<C.IConflicts> =>
  requestAPI('resolve/open', { body: { path } });

export const saveResolved = (
  path: string,
  expected: string,
  notebook: unknown,
  opened?: unknown
): Promise<{ digest: string; unmerged: boolean }> =>
  requestAPI('resolve/save', { body: { path, expected, notebook, opened } });

export const blame = (path: string, cell: number): Promise<C.IBlame> =>
  requestAPI('blame', { query: { path, cell } });
