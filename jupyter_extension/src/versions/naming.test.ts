import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';
import type { IVersion } from '../server/contract';
import { findBefore, findHue, formatAuthor, formatTitle, isMatch } from './naming';

const trans = nullTranslator.load('nbvc');
const made: IVersion = {
  kind: 'commit',
  id: '3f2a9b1c44aa',
  short: '3f2a9b1c44',
  author: 'Ada Example <ada@example.org>',
  time: '2026-11-20T12:00:00+00:00',
  message: 'Fit the model\n\nWith more data.',
  path: 'a.ipynb',
  commit: '3f2a9b1c44aa',
  parents: []
};

describe('versions', () => {
  it.each([
    ['', true],
    ['ada', true],
    ['MODEL more', true],
    ['3f2a', true],
    ['2026-11-20', true],
    ['commit', true],
    ['ada bob', false],
    ['checkpoint', false]
  ])('a filter %j', (filter, found) => {
    expect(isMatch(made, filter)).toBe(found);
  });

  it('are called by the first line of the message', () => {
    expect(formatTitle(made, trans)).toBe('Fit the model');
    expect(formatTitle({ ...made, message: '' }, trans)).toBe('3f2a9b1c44');
    expect(formatTitle({ ...made, message: '', kind: 'checkpoint' }, trans)).toBe('Checkpoint');
  });

  it('are from before a day', () => {
    const at = (time: string): IVersion => ({ ...made, time, id: time });
    const versions = [
      at('2026-11-20T12:00:00'),
      at('2026-11-19T23:00:00'),
      at('2026-11-01T00:00:00')
    ];
    expect(findBefore(versions, new Date('2026-11-20T13:00:00'))?.id).toBe(
      '2026-11-19T23:00:00'
    );
    expect(findBefore(versions.slice(0, 1), new Date('2026-11-20T13:00:00'))).toBeNull();
  });

  it('have an author without an address, in a colour of their own', () => {
    expect(formatAuthor(made.author)).toBe('Ada Example');
    expect(findHue('Ada')).toBe(findHue('Ada'));
    expect(findHue('Ada')).not.toBe(findHue('Adb'));
  });
});
