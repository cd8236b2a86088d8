import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';
import { Changes, formatChange } from './changes';

const trans = nullTranslator.load('nbvc');

describe('what changed', () => {
  it.each([
    [{ changed: 1, before: 'x = 1', after: 'x = 2' }, 'x = 1 → x = 2'],
    [{ added: 1, after: 'z' }, '+ z'],
    [{ removed: 1, before: 'y' }, '− y'],
    [{ changed: 3, added: 1 }, '3 changed, 1 added'],
    [{ changed: 3, outputs: 2 }, '1 changed, outputs of 2 cells'],
    [{ changed: 1, outputs: 1 }, 'outputs of 1 cell'],
    [{ is_same: true }, 'no change'],
    [{ is_first: true, added: 4 }, '4 cells'],
    [{}, 'only noise']
  ])('%j is %s', (change, text) => {
    expect(formatChange(change, trans)).toBe(text);
  });

  it('is asked for until all is told, and never for ever', async () => {
    const asked: string[][] = [];
    const news: string[] = [];
    const changes = new Changes(
      ids => {
        asked.push(ids);
        const [first] = ids;
        return Promise.resolve(first === 'c' ? {} : { [first]: { changed: 1 } });
      },
      ids => news.push(...ids)
    );
    await Promise.all([changes.want(['a', 'b']), changes.want(['c', 'a'])]);
    await changes.want(['a']);
    expect(asked).toEqual([['a', 'b'], ['b', 'c'], ['c']]);
    expect(news).toEqual(['a', 'b', 'c']);
    expect([changes.get('a'), changes.get('c')]).toEqual([{ changed: 1 }, null]);
  });
});
