import type { ICell } from '../shared/notebook';
import { joinLines } from '../shared/notebook';
import type { ICellDiff, INotebookDiff } from './format';
import type { NoiseKeys } from './noise';
import { filterNoise } from './noise';
import { isChange } from './rows';

/** How many cells changed in which way; a cell that moved and changed counts in both. */
export interface ICounts {
  changed: number;
  moved: number;
  added: number;
  removed: number;
  split: number;
  joined: number;
}

export function countChanges(diff: INotebookDiff): ICounts {
  const of = (kind: keyof ICounts): number =>
    diff.cells.filter(entry => isOfKind(entry, kind)).length;
  return {
    changed: of('changed'),
    moved: of('moved'),
    added: of('added'),
    removed: of('removed'),
    split: of('split'),
    joined: of('joined')
  };
}

/** Return whether an entry counts as a change of this kind. */
export function isOfKind(entry: ICellDiff, kind: keyof ICounts): boolean {
  return kind === 'moved' ? entry.moved : findMark(entry) === kind;
}

/** Return whether nothing but outputs changed in a cell, except noise. */
export function isOutputOnly(entry: ICellDiff, noise: NoiseKeys): boolean {
  const { change, outputs = [], source, cell_type, attachments, other } = entry;
  return (
    change === 'modified' &&
    outputs.some(one => one.change !== 'unchanged') &&
    !source?.length &&
    !cell_type &&
    !attachments?.length &&
    !other?.length &&
    !filterNoise(entry.metadata, noise['cell metadata']).length
  );
}

/** The word a row is marked with. */
export type Mark = 'changed' | 'added' | 'removed' | 'split' | 'joined' | 'moved' | 'unchanged';

export function findMark(entry: ICellDiff): Mark {
  switch (entry.change) {
    case 'modified':
      return 'changed';
    case 'unchanged':
      return entry.moved ? 'moved' : 'unchanged';
    case 'added':
    case 'removed':
    case 'split':
    case 'joined':
      return entry.change;
  }
}

export interface IOutlineItem {
  entry: number;
  mark: Mark;
  moved: boolean;
  /** First line of the cell, for the eye. */
  text: string;
  /** Numbers from 1, as a person counts. */
  before: number[];
  after: number[];
}

export function listChanges(
  diff: INotebookDiff,
  before: readonly ICell[],
  after: readonly ICell[]
): IOutlineItem[] {
  return diff.cells.flatMap((entry, index) => {
    if (!isChange(entry)) {
      return [];
    }
    const cell = entry.after.length ? after[entry.after[0]] : before[entry.before[0]];
    return [
      {
        entry: index,
        mark: findMark(entry),
        moved: entry.moved,
        text: findFirstLine(cell),
        before: entry.before.map(i => i + 1),
        after: entry.after.map(i => i + 1)
      }
    ];
  });
}

export function findFirstLine(cell: ICell | undefined): string {
  const line = joinLines(cell?.source)
    .split('\n')
    .find(text => text.trim() !== '');
  return (line ?? '').trim().slice(0, 80);
}
