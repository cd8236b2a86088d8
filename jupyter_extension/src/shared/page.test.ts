// @vitest-environment node
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

type Page = typeof import('./page');

const { bundlePage, target } = await import('../../page.mjs' as string);
const script = readFileSync(target, 'utf8');

it('the page of a timeline has these modules: `npm run build:page`', async () => {
  expect(script).toBe(await bundlePage());
});

it.each([
  [
    ['total = а + 1', 'x'],
    ['total = a + 1', 'x'],
    ['total = <U+0430> + 1', 'x']
  ],
  [['\tx = 1 '], ['x = 1'], ['<U+0009>x = 1<U+0020>']],
  [['<U+200B>'], ['y'], ['<U+200B>']],
  [['сумма'], ['total'], ['сумма']]
])('its script tells %j from %j', (before, after, shown) => {
  const page = new Function(`${script}; return nbvcAlike;`)() as Page;
  expect(page.tellApart(before, after)).toEqual([shown, after]);
  expect(page.splitNames('a<U+200B>b')).toEqual(['a', '<U+200B>', 'b']);
});
