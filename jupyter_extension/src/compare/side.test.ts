import { nullTranslator } from '@jupyterlab/translation';
import { expect, it } from 'vitest';
import { describeSide } from './side';

const trans = nullTranslator.load('nbvc');
const ID = '720cbe472c5e5f0a1b2c3d4e5f60718293a4b5c6';
const NOW = Date.parse('2026-11-29T10:00:00Z');
const side = (label: string, more: object = {}) => ({ label, notebook: {}, ...more });
const commit = {
  id: ID,
  author: 'Ada <ada@example.org>',
  time: '2026-11-28T10:00:00Z',
  message: 'Use the weights\n\nat length'
};

it.each([
  ['Last commit', commit, 'Use the weights', ['Last commit', '720cbe472c', 'Ada', 'yesterday']],
  ['720cbe472c', commit, 'Use the weights', ['720cbe472c', 'Ada', 'yesterday']],
  ['720cbe472c Use the weights', commit, 'Use the weights', ['720cbe472c', 'Ada', 'yesterday']],
  ['Use the weights', commit, 'Use the weights', ['720cbe472c', 'Ada', 'yesterday']],
  ['720cbe472c', { ...commit, message: '' }, '720cbe472c', ['Ada', 'yesterday']],
  ['Checkpoint', { author: 'Ada', id: '20261128' }, 'Checkpoint', ['Ada']],
  ['Now', {}, 'Now', []],
  ['Last commit', { notebook: null }, 'Last commit', ['without this notebook']]
])('%s with %j', (label, more, subject, facts) => {
  const found = describeSide(side(label, more), trans, NOW);
  expect([found.subject, found.facts]).toEqual([subject, facts]);
});

it('has the whole message as its title', () => {
  expect(describeSide(side('Last commit', commit), trans).title).toContain('at length');
});
