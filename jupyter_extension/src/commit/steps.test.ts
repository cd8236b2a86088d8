import type { TranslationBundle } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';
import type { PullOutcome } from '../server/contract';
import type { IActs } from './steps';
import { findCommitStep, findPullStep, findPushStep } from './steps';

const trans = { __: (text: string) => text } as TranslationBundle;

function acts(): { said: string[]; acts: IActs } {
  const said: string[] = [];
  return {
    said,
    acts: {
      commit: force => said.push(`commit ${Object.keys(force).join()}`),
      push: () => said.push('push'),
      merge: () => said.push('merge'),
      commitAndMerge: () => said.push('commit and merge'),
      decide: name => said.push(`decide ${name ?? ''}`)
    }
  };
}

describe('the next step', () => {
  it.each([
    ['partly staged', 'commit partly_staged'],
    ['ignored', 'commit ignored'],
    ['unmerged', 'decide sub/b.ipynb'],
    ['hook refused', 'commit ']
  ] as const)('after a commit that ended as %s', (outcome, expected) => {
    const { said, acts: all } = acts();
    findCommitStep({ outcome, names: ['sub/b.ipynb'] }, all, trans)?.act();
    expect(said).toEqual([expected]);
  });

  it('is none where the same again would end the same', () => {
    expect(
      findCommitStep({ outcome: 'nothing to commit', names: [] }, acts().acts, trans)
    ).toBeNull();
  });

  it.each([
    ['rejected', 'merge'],
    ['no upstream', 'push'],
    ['unreachable', 'push']
  ] as const)('after a push that ended as %s', (outcome, expected) => {
    const { said, acts: all } = acts();
    findPushStep(outcome, all, trans)?.act();
    expect(said).toEqual([expected]);
  });

  it.each([
    ['conflicts', ['a.ipynb'], 'decide a.ipynb'],
    ['uncommitted changes', ['sub/a.ipynb'], 'commit and merge'],
    ['uncommitted changes', ['sub/a.ipynb', 'b.ipynb'], 'merge'],
    ['unreachable', [], 'merge']
  ] as [PullOutcome, string[], string][])(
    'after a merge that ended as %s of %j',
    (outcome, names, expected) => {
      const { said, acts: all } = acts();
      findPullStep({ outcome, names }, 'sub/a.ipynb', all, trans).act();
      expect(said).toEqual([expected]);
    }
  );
});
