/** Words for what a diff says. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ICounts, Mark } from './summary';

/** `20 changed, 2 added, 2 removed, 3 moved` */
export function formatCounts(n: ICounts, trans: TranslationBundle): string {
  return listCounts(n, trans)
    .map(([, text]) => text)
    .join(', ');
}

/** Return each kind that occurs, in words; words and order are those of `render/words.py`. */
export function listCounts(n: ICounts, trans: TranslationBundle): [keyof ICounts, string][] {
  const all: [keyof ICounts, string][] = [
    ['changed', trans.__('%1 changed', n.changed)],
    ['split', trans.__('%1 split', n.split)],
    ['joined', trans.__('%1 joined', n.joined)],
    ['added', trans.__('%1 added', n.added)],
    ['removed', trans.__('%1 removed', n.removed)],
    ['moved', trans.__('%1 moved', n.moved)]
  ];
  return all.filter(([kind]) => n[kind] > 0);
}

export function formatMark(mark: Mark, trans: TranslationBundle): string {
  switch (mark) {
    case 'changed':
      return trans.__('changed');
    case 'added':
      return trans.__('added');
    case 'removed':
      return trans.__('removed');
    case 'split':
      return trans.__('split');
    case 'joined':
      return trans.__('joined');
    case 'moved':
      return trans.__('moved');
    case 'unchanged':
      return trans.__('unchanged');
  }
}

/** Return the character for a kind of change. */
export function chooseSign(mark: Mark): string {
  switch (mark) {
    case 'changed':
      return '~';
    case 'added':
      return '+';
    case 'removed':
      return '−';
    case 'moved':
      return '↕';
    case 'split':
      return '÷';
    case 'joined':
      return '∪';
    case 'unchanged':
      return '';
  }
}

export function formatType(type: string | undefined, trans: TranslationBundle): string {
  return type === 'code'
    ? trans.__('Code cell')
    : type === 'markdown'
      ? trans.__('Markdown cell')
      : trans.__('Raw cell');
}
