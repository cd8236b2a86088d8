/** The next step after a commit, push or merge that failed. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommitResult, IPullResult, PullOutcome, PushOutcome } from '../server/contract';

export interface IStep {
  label: string;
  act: () => void;
}

/** What a step can do. */
export interface IActs {
  commit: (force: IForce) => void;
  push: () => void;
  merge: () => void;
  /** Commit what has changed since the commit, then merge. */
  commitAndMerge: () => void;
  /** Open the conflicts of a notebook; of this one if none is named. */
  decide: (name?: string) => void;
}

export interface IForce {
  partly_staged?: boolean;
  ignored?: boolean;
}

export function findCommitStep(
  { outcome, names }: Pick<CommitResult, 'outcome' | 'names'>,
  acts: IActs,
  trans: TranslationBundle
): IStep | null {
  switch (outcome) {
    case 'partly staged':
      return {
        label: trans.__('Commit the notebook as it is now'),
        act: () => acts.commit({ partly_staged: true })
      };
    case 'ignored':
      return {
        label: trans.__('Commit it all the same'),
        act: () => acts.commit({ ignored: true })
      };
    case 'unmerged':
      return { label: trans.__('Decide on the conflicts'), act: () => acts.decide(names?.[0]) };
    case 'hook refused':
    case 'locked':
    case 'timeout':
    case 'signing failed':
    case 'no identity':
    case 'operation in progress':
    case 'failed':
      return { label: trans.__('Try again'), act: () => acts.commit({}) };
    case 'branch refused':
    case 'committed':
    case 'no file':
    case 'no message':
    case 'nothing to commit':
      return null;
  }
}

export function findPushStep(
  outcome: PushOutcome,
  acts: IActs,
  trans: TranslationBundle
): IStep | null {
  if (outcome === 'rejected') {
    return { label: trans.__('Get changes and merge'), act: acts.merge };
  }
  const isNew = outcome === 'no upstream';
  const label = isNew ? trans.__('Push as a new branch') : trans.__('Push again');
  return { label, act: acts.push };
}

/** `path` is the notebook's, from the top of the repository. */
export function findPullStep(
  { outcome, names }: Pick<IPullResult, 'outcome' | 'names'>,
  path: string,
  acts: IActs,
  trans: TranslationBundle
): IStep {
  if (outcome === 'conflicts') {
    return { label: trans.__('Decide on the conflicts'), act: () => acts.decide(names[0]) };
  }
  if (outcome === 'uncommitted changes' && names.every(name => name === path)) {
    return { label: trans.__('Commit these changes and merge'), act: acts.commitAndMerge };
  }
  return { label: trans.__('Try again'), act: acts.merge };
}

export function hasPushed(outcome: PushOutcome): boolean {
  return outcome === 'pushed' || outcome === 'up to date';
}

export function hasPulled(outcome: PullOutcome): boolean {
  return ['up to date', 'fast-forwarded', 'merged'].includes(outcome);
}
