import { expect, it, vi } from 'vitest';
import type { IOrigin, IVersion } from '../server/contract';
import { formatBlame } from './blame';

vi.mock('@jupyterlab/apputils', () => ({}));
const { findFreeName, nameCopy } = await import('./copying');

const trans = {
  __: (text: string, ...args: unknown[]) =>
    args.reduce<string>((one, arg, n) => one.replace(`%${n + 1}`, String(arg)), text)
} as never;
const origin = (id: string) => ({ id, author: 'Ada', time: '', message: 'Fit\nx' }) as IOrigin;

it('a copy is named after its version', () => {
  expect(nameCopy('work/a b.ipynb', { short: '3f2a/1' } as IVersion)).toBe('a b-3f2a-1.ipynb');
});

it.each([
  [[], 'a.ipynb'],
  [['a.ipynb'], 'a-2.ipynb'],
  [['a.ipynb', 'a-2.ipynb'], 'a-3.ipynb']
])('beside %j the free name is %s', (taken, name) => {
  expect(findFreeName('a.ipynb', new Set(taken))).toBe(name);
});

it.each([
  [null, null, 'Cell 3 has changes that are not committed yet'],
  [origin('1'), origin('1'), 'Cell 3 was last changed by Ada, : Fit'],
  [origin('1'), origin('2'), 'Cell 3 was last changed by Ada, : Fit; its outputs by Ada, : Fit']
])('who wrote a cell, %#', (source, outputs, text) => {
  expect(formatBlame(2, { source, outputs }, trans)).toBe(text);
});
