import type { TranslationBundle } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';
import type { ICommitted, INotCommitted, IPullResult, IPushResult } from '../server/contract';
import { describeCommit, describePull, describePush, formatDone, formatPlace } from './words';

const trans = {
  __: (text: string, ...args: unknown[]) =>
    args.reduce<string>((one, arg, n) => one.replace(`%${n + 1}`, String(arg)), text)
} as TranslationBundle;
const said = { message: 'as git says', hint: 'as nbvc says', stderr: '' };
const push = (outcome: IPushResult['outcome']): IPushResult => ({
  ...said,
  outcome,
  branch: 'main',
  remote: 'origin',
  links: null
});

describe('outcomes in words', () => {
  it('name the files in conflict', () => {
    const commit = { ...said, outcome: 'unmerged', names: ['a.ipynb', 'b.ipynb'] };
    const { message } = describeCommit(commit as INotCommitted, trans);
    expect(message).toBe('Conflicts are left in a.ipynb, b.ipynb.');
  });
  it('are one line if all is done', () => {
    const commit = {
      short: 'abc1234',
      branch: 'main',
      renamed_from: 'old.ipynb'
    } as ICommitted;
    expect(formatDone(commit, push('pushed'), trans)).toBe(
      'Committed abc1234 on main, renamed from old.ipynb. Pushed to origin/main.'
    );
    const plain = { ...commit, renamed_from: null };
    expect(formatDone(plain, null, trans)).toBe('Committed abc1234 on main');
  });
  it('name the remote', () => {
    expect(formatPlace(push('pushed'))).toBe('origin/main');
    expect(formatPlace({ ...push('pushed'), remote: null })).toBe('main');
    expect(describePush(push('rejected'), trans).message).toContain('origin/main');
  });
  it('name the files with changes', () => {
    const pull = { ...said, outcome: 'uncommitted changes', names: ['a.py'] };
    expect(describePull(pull as IPullResult, trans).hint).toContain('a.py');
  });
  it.each(['authentication', 'failed', 'url refused'] as const)(
    '%s is as git says',
    outcome => {
      const { message, hint } = said;
      expect(describePush(push(outcome), trans)).toEqual({ message, hint });
    }
  );
});
