import { nullTranslator } from '@jupyterlab/translation';
import { expect, it } from 'vitest';
import { readSide } from './gitside';

const trans = nullTranslator.load('nbvc');

function given(text: string, label: string) {
  return { content: () => Promise.resolve(text), label };
}

it('a side is the notebook that jupyterlab-git gives', async () => {
  const { side, label } = await readSide(given('{"cells": []}', 'WORKING'), trans);
  expect(side).toEqual({ kind: 'content', notebook: { cells: [] }, label: 'Now' });
  expect(label).toBe('Now');
});

it('a notebook that does not exist there is an empty side', async () => {
  expect(await readSide(given('', 'HEAD'), trans)).toEqual({
    side: { kind: 'empty' },
    label: 'Last commit'
  });
});

it('a commit has a short name, and other names stay', async () => {
  const names = ['a'.repeat(40), 'main', 'MERGE_HEAD'];
  const found = await Promise.all(names.map(name => readSide(given('{}', name), trans)));
  expect(found.map(({ label }) => label)).toEqual(['aaaaaaaaaa', 'main', 'MERGE_HEAD']);
});

it('a text with conflict markers is named', async () => {
  await expect(readSide(given('<<<<<<< a', 'INDEX'), trans)).rejects.toThrow(/Staged/);
});
