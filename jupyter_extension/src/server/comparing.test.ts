import { describe, expect, it } from 'vitest';
import type { INotebook } from '../shared/notebook';
import { asSaved, asSent, fillSides } from './comparing';
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
  it('gets from the editor what it has alike, and nothing else', () => {
    const answer = {
      before: { label: 'a', notebook: notebook(null, cell('old')) },
      after: { label: 'b', notebook: notebook(null, cell('new')) },
      diff: { cells: [entry([0], [0]), { ...entry([1], [1]), change: 'modified' }] }
    } as unknown as IComparison;
    const open = notebook(cell('x'), cell('new, as the editor has it'));
    const { before, after } = fillSides(
      answer,
      { kind: 'head' },
      { kind: 'disk', notebook: open }
    );
    expect(before.notebook?.cells.map(one => one.source)).toEqual(['x', 'old']);
    expect(after.notebook?.cells.map(one => one.source)).toEqual(['x', 'new']);
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

describe('a notebook that is sent', () => {
  it('says nothing about trust, and stays as it is otherwise', () => {
    const sent = notebook(
      { ...cell('x'), metadata: { trusted: false, tags: ['a'] } },
      cell('y')
    );
    const saved = asSaved({ kind: 'content', notebook: sent });
    expect(saved).toEqual({
      kind: 'content',
      notebook: notebook({ ...cell('x'), metadata: { tags: ['a'] } }, cell('y'))
    });
    expect(sent.cells[0].metadata).toEqual({ trusted: false, tags: ['a'] });
  });
  it('is not sent if it is saved', () => {
    const side = { kind: 'disk' as const, notebook: notebook(cell('x')) };
    expect(asSent(side)).toEqual({ kind: 'disk', known: true });
  });
  it.each([null, {}, { cells: 1 }, { cells: [null, 1] }])('may be %j', odd => {
    expect(asSaved({ kind: 'content', notebook: odd })).toEqual({
      kind: 'content',
      notebook: odd
    });
  });
});
