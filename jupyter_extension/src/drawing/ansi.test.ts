import { expect, it } from 'vitest';
import { splitStyles } from './ansi';

const ESC = '\u001b';

it.each([
  ['plain', [['plain', '']]],
  [
    `${ESC}[31mred${ESC}[0m.`,
    [
      ['red', 'ansi-red-fg'],
      ['.', '']
    ]
  ],
  [`${ESC}[1;4;92;41mx`, [['x', 'ansi-green-intense-fg ansi-red-bg ansi-bold ansi-underline']]],
  [
    `${ESC}[38;5;9mx${ESC}[39my`,
    [
      ['x', 'ansi-red-intense-fg'],
      ['y', '']
    ]
  ],
  [
    `${ESC}[38;5;200mx${ESC}[48;2;1;2;3my`,
    [
      ['x', ''],
      ['y', '']
    ]
  ],
  [
    `a${ESC}[2Kb${ESC}]0;title\u0007c${ESC}Md`,
    [
      ['a', ''],
      ['b', ''],
      ['c', ''],
      ['d', '']
    ]
  ]
])('%j has colors', (text, expected) => {
  expect(splitStyles(text).map(one => [one.text, one.classes.join(' ')])).toEqual(expected);
});
