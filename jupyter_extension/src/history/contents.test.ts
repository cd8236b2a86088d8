import { describe, expect, it } from 'vitest';
import type { IVersion, IVersionContent } from '../server/contract';
import type { ICell } from '../shared/notebook';
import { Contents, fillCells, findKey, findNewCells } from './contents';

const code = (source: string, outputs: unknown[] = []): ICell =>
  ({ cell_type: 'code', source, outputs, metadata: {} }) as unknown as ICell;

const version = (id: string): IVersion => ({ kind: 'commit', id }) as IVersion;

const content = (...cells: (ICell | number)[]): IVersionContent =>
  ({ label: '', notebook: { cells, metadata: {} } }) as unknown as IVersionContent;

describe('versions at hand', () => {
  it('numbers stand for cells that are known', () => {
    const [a, b] = [code('a'), code('b')];
    expect(fillCells(content(1, code('c'), 0), [a, b]).notebook.cells).toEqual([
      b,
      code('c'),
      a
    ]);
  });

  it('a version is asked for once, the next one by what differs', async () => {
    const asked: (string | null)[][] = [];
    const answers: Record<string, IVersionContent> = {
      one: content(code('a'), code('b')),
      two: content(0, code('c'))
    };
    const contents = new Contents((wanted, known) => {
      asked.push([wanted.id, known?.id ?? null]);
      return Promise.resolve(answers[wanted.id]);
    });
    const one = await contents.get(version('one'));
    const two = await contents.get(version('two'));
    await contents.get(version('one'));
    expect(asked).toEqual([
      ['one', null],
      ['two', 'one']
    ]);
    expect(two.notebook.cells[0]).toBe(one.notebook.cells[0]);
  });

  it('what failed is asked for again', async () => {
    let times = 0;
    const contents = new Contents(() =>
      times++ ? Promise.resolve(content(code('a'))) : Promise.reject(new Error('gone'))
    );
    await expect(contents.get(version('one'))).rejects.toThrow('gone');
    expect((await contents.get(version('one'))).notebook.cells).toHaveLength(1);
  });

  it.each([
    ['the very same', (a: ICell) => [a], 0],
    ['one that looks the same', () => [code('a')], 0],
    ['another source', () => [code('b')], 1],
    ['another output', () => [code('a', [{ output_type: 'stream', text: 'x' }])], 1]
  ])('%s', (_, made, count) => {
    const a = code('a');
    expect(findNewCells(made(a), [a]).size).toBe(count);
  });

  it('an attachment is part of how a cell looks', () => {
    const plain = { cell_type: 'markdown', source: '![](attachment:a)' } as unknown as ICell;
    const other = { ...plain, attachments: { a: { 'image/png': 'x' } } } as ICell;
    expect(findKey(plain)).not.toBe(findKey(other));
  });
});
