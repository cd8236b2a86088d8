/**
 * Messages about a commit, push or pull for people without a terminal. Other outcomes have the
 * message of the server.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ISaid } from '../drawing/problem';
import type { CommitResult, ICommitted, IPullResult, IPushResult } from '../server/contract';

export function describeCommit(result: CommitResult, trans: TranslationBundle): ISaid {
  const { message, hint } = result;
  switch (result.outcome) {
    case 'hook refused':
      return {
        message,
        hint: trans.__('Mend what it complains about, or ask who set it up. Nothing is lost.')
      };
    case 'partly staged':
      return {
        message,
        hint: trans.__(
          'An earlier state of this notebook was picked for the next commit in a terminal.'
        )
      };
    case 'ignored':
      return { message, hint: trans.__('The file .gitignore names it, or its folder.') };
    case 'unmerged':
      return {
        message: trans.__('Conflicts are left in %1.', (result.names ?? []).join(', ')),
        hint: trans.__('Decide on them first, cell by cell.')
      };
    case 'branch refused':
    case 'committed':
    case 'failed':
    case 'locked':
    case 'no file':
    case 'no identity':
    case 'no message':
    case 'nothing to commit':
    case 'operation in progress':
    case 'signing failed':
    case 'timeout':
      return { message, hint };
  }
}

/** Return what a commit is, in words before and after its short name. */
export function describeMade(
  made: ICommitted,
  trans: TranslationBundle
): [string, string, string] {
  const place = made.branch
    ? trans.__(' on %1', made.branch)
    : trans.__(
        ' on no branch: the next switch takes it out of sight. Name a branch to keep it.'
      );
  const from = made.renamed_from ? trans.__(', renamed from %1', made.renamed_from) : '';
  return [trans.__('Committed '), made.short, place + from];
}

/** Return where a push that succeeded went. */
export function formatPushed(push: IPushResult, trans: TranslationBundle): string {
  return push.outcome === 'pushed'
    ? trans.__('Pushed to %1.', formatPlace(push))
    : trans.__('%1 has everything already.', formatPlace(push));
}

/** Return a commit and its push in one line. */
export function formatDone(
  made: ICommitted,
  push: IPushResult | null,
  trans: TranslationBundle
): string {
  const commit = describeMade(made, trans).join('');
  return push ? `${commit}. ${formatPushed(push, trans)}` : commit;
}

export function describePush(result: IPushResult, trans: TranslationBundle): ISaid {
  const { message, hint } = result;
  switch (result.outcome) {
    case 'rejected':
      return {
        message: trans.__('Others have pushed to %1 meanwhile.', formatPlace(result)),
        hint: trans.__('Get their changes, which are merged with yours cell by cell.')
      };
    case 'unreachable':
    case 'timeout':
      return {
        message,
        hint: trans.__('Look whether the network is there, then push again, now or later.')
      };
    case 'detached':
      return {
        message: trans.__('You are on no branch, so there is nowhere to push to.'),
        hint: trans.__('Open this dialog again later and name a new branch.')
      };
    case 'no upstream':
      return {
        message: trans.__('The branch %1 is on no remote yet.', result.branch ?? ''),
        hint: null
      };
    case 'authentication':
    case 'failed':
    case 'hook refused':
    case 'no remote':
    case 'pushed':
    case 'remote refused':
    case 'unborn':
    case 'up to date':
    case 'url refused':
      return { message, hint };
  }
}

export function describePull(result: IPullResult, trans: TranslationBundle): ISaid {
  const { message, hint, names } = result;
  switch (result.outcome) {
    case 'merged':
      return { message: trans.__('Merged your changes with those of others.'), hint };
    case 'fast-forwarded':
      return { message: trans.__('Got the changes of others.'), hint };
    case 'up to date':
      return { message: trans.__('There was nothing new to get.'), hint };
    case 'conflicts':
      return {
        message: trans.__('You and others have changed the same lines.'),
        hint: trans.__('Decide which are right, then commit and push again.')
      };
    case 'uncommitted changes':
      return {
        message: trans.__('The changes of others are fetched, but not merged yet.'),
        hint: trans.__('These have changes that are in no commit: %1', names.join(', '))
      };
    case 'unreachable':
    case 'timeout':
      return {
        message,
        hint: trans.__('Look whether the network is there, then try again, now or later.')
      };
    case 'authentication':
    case 'detached':
    case 'failed':
    case 'no upstream':
    case 'operation in progress':
    case 'url refused':
      return { message, hint };
  }
}

/** `origin/main` */
export function formatPlace({ remote, branch }: IPushResult): string {
  return [remote, branch].filter(Boolean).join('/');
}
