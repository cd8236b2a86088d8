import { expect, it } from 'vitest';
import { findScale } from './fitting';

it.each([
  [900, 450, 0.5],
  [400, 450, 1],
  [450, 450, 1],
  [900, 0, 1]
])('%d pixels in %d', (width, room, scale) => {
  expect(findScale(width, room)).toBe(scale);
});
