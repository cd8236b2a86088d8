import { expect, it } from 'vitest';
import { drawProblem, formatSentence } from './problem';

it.each([
  ['no such file', 'No such file.'],
  ['git refused', 'git refused.'],
  ['Done!', 'Done!'],
  [' /a is odd: ', '/a is odd:']
])('%j becomes %j', (text, sentence) => {
  expect(formatSentence(text)).toBe(sentence);
});

it('a problem has a message, a hint, and details if git wrote any', () => {
  const trans = { __: (text: string) => text } as never;
  const node = drawProblem({ message: 'm', hint: null }, ' \n', trans);
  expect([node.textContent, node.querySelector('details')]).toEqual(['m.', null]);
  const full = drawProblem({ message: 'm x', hint: 'h' }, 'fatal: <b>', trans);
  expect(full.querySelector('pre')?.textContent).toBe('fatal: <b>');
});
