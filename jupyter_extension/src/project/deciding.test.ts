import { expect, it } from 'vitest';
import type { Chunk } from '../server/contract';
import { TextDeciding } from './deciding';

const CHUNKS: Chunk[] = [
  { lines: ['import os'] },
  { local: ['x = 1'], remote: ['x = 2', 'y = 3'], base: null },
  { lines: ['end', ''] },
  { local: [], remote: ['new'], base: null }
];

it('each choice is the lines of that side', () => {
  const deciding = new TextDeciding(CHUNKS, 'local');
  expect(deciding.left).toBe(2);
  deciding.choose(1, 'both');
  deciding.choose(3, 'local');
  expect(deciding.left).toBe(0);
  expect(deciding.result()).toBe('import os\nx = 1\nx = 2\ny = 3\nend\n');
  deciding.choose(3, 'remote');
  expect(deciding.result()).toBe('import os\nx = 1\nx = 2\ny = 3\nend\n\nnew');
});

it('in a rebase both means mine first, too', () => {
  const deciding = new TextDeciding(CHUNKS, 'remote');
  deciding.choose(1, 'both');
  expect(deciding.decision(1)?.lines).toEqual(['x = 2', 'y = 3', 'x = 1']);
});

it('a step can be undone, and an edit is a choice', () => {
  const deciding = new TextDeciding(CHUNKS, 'local');
  deciding.choose(1, 'local');
  deciding.edit(1, 'x = 12');
  expect(deciding.decision(1)).toEqual({ choice: 'edited', lines: ['x = 12'] });
  deciding.undo();
  expect(deciding.decision(1)?.choice).toBe('local');
  deciding.undo();
  expect(deciding.left).toBe(2);
  expect(deciding.canUndo).toBe(false);
});
