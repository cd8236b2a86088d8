import type { ISharedCodeCell } from '@jupyter/ydoc';
import { YNotebook } from '@jupyter/ydoc';
import { describe, expect, it } from 'vitest';
import type { ICell, IOutput } from '../shared/notebook';
import type { IWanted } from './cells';
import { applyCells, copyCells, insertCell } from './cells';
import { asUntrusted, withoutTrust } from './entering';
import { findSplices } from './splices';

const stream = (text: string | string[], name = 'stdout'): IOutput => ({
  output_type: 'stream',
  name,
  text
});
const html = (text: unknown): IOutput => ({
  output_type: 'display_data',
  data: { 'text/html': text },
  metadata: {}
});
const OUTPUTS: Record<string, IOutput[]> = {
  none: [],
  'one stream': [stream('a\n')],
  'two streams of one name': [stream('a\n'), stream('b\n')],
  'streams of two names': [stream('a\n'), stream('b\n', 'stderr'), stream('c\n')],
  'text as lines': [stream(['a\n', 'b, c\n'])],
  'a progress bar': [stream('10%\r100%\b\n')],
  'a display': [html(['<b>a\n', '</b>'])],
  'a result': [
    {
      output_type: 'execute_result',
      data: { 'text/plain': '1' },
      metadata: {},
      execution_count: 7
    }
  ],
  'JSON that is a list': [
    { output_type: 'display_data', data: { 'application/json': ['a', 'b'] }, metadata: {} }
  ],
  'an error': [{ output_type: 'error', ename: 'E', evalue: 'v', traceback: ['a', 'b'] }],
  'an update, then print': [html('x'), stream('a'), html('y'), stream('a')]
};
const code = (
  id: string,
  source: string,
  outputs: IOutput[] = [],
  trusted?: unknown
): ICell => ({
  id,
  cell_type: 'code',
  source,
  metadata: trusted === undefined ? {} : { trusted },
  outputs,
  execution_count: null
});

/** Open cells as Jupyter's server hands them out: each text is one string. */
function opened(...given: ICell[]): YNotebook {
  const cells = given.map(cell => ({ ...asUntrusted(cell), metadata: cell.metadata }));
  const data = { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
  const notebook = YNotebook.create({ data: JSON.parse(JSON.stringify(data)) as never });
  notebook.clearUndoHistory();
  return notebook;
}

/** Note each change that Jupyter's output areas would have to follow. */
function watched(notebook: YNotebook): unknown[] {
  const seen: unknown[] = [];
  for (const cell of notebook.cells) {
    (cell as ISharedCodeCell).changed.connect((_, change) => {
      const { outputsChange, streamOutputChange } = change as Record<string, unknown>;
      if (outputsChange ?? streamOutputChange) {
        seen.push(outputsChange ?? streamOutputChange);
      }
    });
  }
  return seen;
}

const wanted = (id: string | null, cell: ICell): IWanted => ({ id, cell });
const plain = (cell: unknown): unknown => JSON.parse(JSON.stringify(cell));

describe('putting cells into an open notebook', () => {
  const names = Object.keys(OUTPUTS);
  it.each(names.flatMap(from => names.map(to => [from, to])))(
    'replaces %s by %s, and back',
    (from, to) => {
      const notebook = opened(code('a', 'x', OUTPUTS[from], true), code('z', 'end'));
      const was = plain(notebook.toJSON());
      const seen = watched(notebook);
      const version = code('a', 'y', OUTPUTS[to], true);
      applyCells(notebook, [wanted('a', version), ...copyCells(notebook).slice(1)]);
      const trusted = from === to ? { trusted: true } : {};
      expect(plain(notebook.cells[0].toJSON())).toEqual({
        ...(plain(asUntrusted(version)) as ICell),
        metadata: trusted
      });
      notebook.undo();
      expect(plain(notebook.toJSON())).toEqual(was);
      notebook.redo();
      expect(notebook.cells[0].getMetadata()).toEqual(trusted);
      expect(seen).toEqual([]);
    }
  );

  it.each([true, 1, 'yes', {}, []])('drops the claim to be trusted: %j', claim => {
    const notebook = opened(code('a', 'x'));
    const stranger = code('b', 'y', [html('<script>')], claim);
    insertCell(notebook, 1, stranger);
    applyCells(notebook, [...copyCells(notebook), wanted(null, stranger)]);
    expect(notebook.cells.map(cell => cell.getMetadata('trusted') as unknown)).toEqual([
      undefined,
      undefined,
      undefined
    ]);
    expect(withoutTrust({ trusted: claim, tags: [] })).toEqual({ tags: [] });
  });

  it('keeps what this user trusts where a cell only moves', () => {
    const own = (id: string): ICell => code(id, id, [html(id)], true);
    const notebook = opened(own('a'), own('b'), own('c'));
    const [a, b, c] = copyCells(notebook);
    applyCells(notebook, [c, a, b]);
    expect(notebook.cells.map(cell => [cell.getId(), cell.getMetadata('trusted')])).toEqual([
      ['c', true],
      ['a', true],
      ['b', true]
    ]);
  });

  it('gives each cell the ID of the version, and none twice', () => {
    const notebook = opened(code('a', '1'), code('b', '2'), code('c', '3'));
    const [a, , c] = copyCells(notebook);
    applyCells(notebook, [a, wanted('b', code('B', '2')), c, wanted(null, code('a', '4'))]);
    const ids = notebook.cells.map(cell => cell.getId());
    expect(ids.slice(0, 3)).toEqual(['a', 'B', 'c']);
    expect(new Set(ids).size).toBe(4);
  });

  it('edits in place what has the same outputs', () => {
    const notebook = opened(code('a', 'x = 1', OUTPUTS['one stream']));
    const cell = notebook.cells[0];
    const version = { ...code('a', 'x = 2', OUTPUTS['one stream']), execution_count: 3 };
    applyCells(notebook, [wanted('a', version)]);
    expect(notebook.cells[0]).toBe(cell);
    expect(plain(cell.toJSON())).toEqual(plain(version));
  });

  it('replaces a cell of another type, with its attachments', () => {
    const notebook = opened(code('a', 'x', OUTPUTS['one stream']));
    const text: ICell = {
      id: 'a',
      cell_type: 'markdown',
      source: ['a\n', 'b'],
      metadata: { tags: ['t'] },
      attachments: { 'p.png': { 'image/png': ['AA', 'BB'] } }
    };
    applyCells(notebook, [wanted('a', text)]);
    expect(plain(notebook.cells[0].toJSON())).toEqual(plain(asUntrusted(text)));
  });

  it('refuses a type that Jupyter does not know, and changes nothing', () => {
    const notebook = opened(code('a', 'x'));
    const odd = { ...code('b', 'y'), cell_type: 'heading' };
    expect(() => applyCells(notebook, [wanted(null, odd)])).toThrow(/heading/);
    expect(notebook.cells.map(cell => cell.getId())).toEqual(['a']);
  });
});

describe('splices', () => {
  const applied = (before: string, after: string): string =>
    [...findSplices(before, after)]
      .reverse()
      .reduce((text, one) => text.slice(0, one.from) + one.text + text.slice(one.to), before);
  const texts = [
    '',
    'a',
    'a\n',
    'a\nb\nc',
    'b\na\nc',
    'c\nx\na\n',
    '😀',
    '😁',
    'x😀y',
    'x😁y',
    'aa\naa'
  ];
  it.each(texts.flatMap(a => texts.map(b => [a, b])))('turns %j into %j', (a, b) => {
    expect(applied(a, b)).toBe(b);
    for (const { from, to, text } of findSplices(a, b)) {
      expect([a.slice(0, from), a.slice(to), text].every(part => part.isWellFormed())).toBe(
        true
      );
    }
  });
  it('leaves lines alone that stay', () => {
    expect(findSplices('one\ntwo\nthree\nfour', 'ONE\ntwo\nthree\nfour!')).toEqual([
      { from: 0, to: 3, text: 'ONE' },
      { from: 18, to: 18, text: '!' }
    ]);
  });
});
