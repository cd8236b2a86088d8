import { expect, it } from 'vitest';
import { nameKeys } from './dom';

it.each([
  ['Accel+Alt+C', false, 'Ctrl+Alt+C'],
  ['Accel+Alt+C', true, '⌘⌥C'],
  ['Shift+n', true, '⇧n'],
  ['n, p', true, 'n, p']
])('%s on a Mac: %s is %s', (keys, isMac, expected) => {
  expect(nameKeys(keys, isMac)).toBe(expected);
});
