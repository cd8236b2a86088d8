import { describe, expect, it } from 'vitest';
import type { INotebook } from '../shared/notebook';
import { fillSides } from './comparing';
import type { IComparison } from './contract';

const cell = (source: string) => ({ cell_type: 'code', source, metadata: {} });
const notebook = <C>(...cells: C[]): INotebook<C> => ({
  cells,
  metadata: {},
  nbformat: 4,
  nbformat_minor: 5
});
const entry = (before: number[], after: number[]) => ({
  change: 'unchanged' as const,
  before,
  after,
  moved: false
});

describe('an answer to a comparison', () => {
  it('gets the notebook that was sent, and the cells that are alike', () => {
    const answer = {
      before: { label: 'a', notebook: notebook(null, cell('old'), null) },
      after: { label: 'b' },
      diff: { cells: [entry([0], [1]), entry([1], []), entry([2], [0])] }
    } as unknown as IComparison;
    const sent = notebook(cell('z'), cell('x'));
    const { before, after } = fillSides(
      answer,
      { kind: 'head' },
      { kind: 'content', notebook: sent }
    );
    expect(after.notebook).toBe(sent);
    expect(before.notebook?.cells.map(one => one.source)).toEqual(['x', 'old', 'z']);
  });
  it('has null for a side without the notebook', () => {
    const answer = {
      before: { label: 'a', notebook: null },
      after: { label: 'b', notebook: notebook(cell('x')) },
      diff: { cells: [entry([], [0])] }
    } as unknown as IComparison;
    const { before } = fillSides(answer, { kind: 'head' }, { kind: 'disk' });
    expect(before.notebook).toBeNull();
  });
});
