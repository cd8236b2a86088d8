import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

// @vitest-environment node

it('the page of a timeline has these modules: `npm run build:page`', async () => {
  const { bundlePage, target } = await import('../../page.mjs' as string);
  expect(readFileSync(target, 'utf8')).toBe(await bundlePage());
});
