import * as server from '../server/calls';
import type { CommitResult } from '../server/contract';

/** How often, and after how many milliseconds, to look for a commit. */
const LOOKS = 4;
const PERIOD = 400;

/** Return the commit since `before`, null for none: the server finishes what has begun. */
export async function findCommitSince(
  before: string | null,
  path: string
): Promise<CommitResult | null> {
  for (let look = 0; look < LOOKS; look++) {
    const status = await server.readStatus(path).catch(() => null);
    const { head, branch } = status?.repository ?? {};
    if (head && head !== before) {
      return {
        outcome: 'committed',
        oid: head,
        short: head.slice(0, 10),
        branch: branch ?? null,
        message: '',
        hint: null,
        names: [],
        edited: [],
        renamed_from: null,
        stderr: ''
      };
    }
    await new Promise(resolve => window.setTimeout(resolve, PERIOD));
  }
  return null;
}
