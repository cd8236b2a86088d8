import { describe, expect, it } from 'vitest';
import type { ICell, INotebook } from '../shared/notebook';
import type { Context } from './saved';
import { forget, isAlike, isEdited, readNotebook, remember } from './saved';

const cell: ICell = { cell_type: 'code', source: 'x', metadata: {}, outputs: [] };
const notebook = (metadata: object = {}, ...cells: ICell[]): INotebook => ({
  cells: cells.length ? cells : [cell],
  metadata: metadata as Record<string, unknown>,
  nbformat: 4,
  nbformat_minor: 5
});
const chart = (data: Record<string, unknown>): ICell => ({
  ...cell,
  outputs: [{ output_type: 'display_data', data, metadata: {} }]
});
const VEGA = { 'application/vnd.vegalite.v5+json': { mark: 'bar' } };

describe('what counts as an edit', () => {
  it.each([
    ['the language of a kernel', notebook({ language_info: { name: 'python' } })],
    [
      'what a kernel is called here',
      notebook({ kernelspec: { name: undefined, display_name: 'Python 3 (ipykernel)' } })
    ],
    ['trust', notebook({}, { ...cell, metadata: { trusted: true } })]
  ])('is not %s', (_, other) => {
    expect(isAlike(notebook(), other)).toBe(true);
  });
  it('is not the picture of a chart', () => {
    const drawn = chart({ ...VEGA, 'image/png': 'AA' });
    expect(isAlike(notebook({}, chart(VEGA)), notebook({}, drawn))).toBe(true);
  });
  it.each([
    ['a source', notebook({}, { ...cell, source: 'y' })],
    ['an output', notebook({}, chart({ 'text/plain': '1' }))],
    ['a tag', notebook({}, { ...cell, metadata: { tags: ['a'] } })],
    ['a kernel', notebook({ kernelspec: { name: 'r' } })],
    ['another cell', notebook({}, cell, cell)]
  ])('is %s', (_, other) => {
    expect(isAlike(notebook(), other)).toBe(false);
  });
  it('is every edit if nobody knows what the file has', () => {
    const model = { dirty: true, toJSON: () => notebook() };
    const context = { model } as unknown as Context;
    expect(isEdited(context)).toBe(true);
    remember(context, readNotebook(context));
    expect(isEdited(context)).toBe(false);
    forget(context);
    expect(isEdited(context)).toBe(true);
    model.dirty = false;
    expect(isEdited(context)).toBe(false);
  });
});
