import { describe, expect, it } from 'vitest';
import { findShape, foldReturns, formatOutput, joinBundle, withoutPictures } from './bundle';
import type { IOutput } from './notebook';
import { findMimetype, joinLines } from './notebook';

const bundle = (data: Record<string, unknown>, metadata = {}): IOutput => ({
  output_type: 'display_data',
  data,
  metadata
});

describe('outputs', () => {
  it.each([
    [{ output_type: 'stream', name: 'stderr', text: ['a\n', 'b'] }, 'stderr', 'a\nb'],
    [{ output_type: 'stream', text: '1%\r99%\n' }, 'stdout', '99%\n'],
    [{ output_type: 'error', traceback: ['a', 'b'] }, 'error', 'a\nb'],
    [{ output_type: 'error', ename: 'E', evalue: 'v' }, 'error', 'E: v'],
    [bundle({ 'text/plain': '1' }), 'plain', '1']
  ])('%j are text', (output, name, text) => {
    expect(findShape(output)).toEqual({ kind: 'text', name, text });
    expect(formatOutput(output)).toBe(text);
  });
  it('are an image if there is one', () => {
    const png = bundle(
      { 'text/plain': 'x', 'image/png': 'AA\nBB' },
      { 'image/png': { width: 9 } }
    );
    const url = 'data:image/png;base64,AABB';
    expect(findShape(png)).toEqual({ kind: 'image', mime: 'image/png', url, width: 9 });
    expect(findShape(bundle({ 'image/svg+xml': '<svg/>' }))).toMatchObject({ kind: 'image' });
  });
  it.each(['text/html', 'application/vnd.plotly.v1+json'])('are rich with %s', mime => {
    const output = bundle({ [mime]: 'x', 'image/png': 'AA', 'text/plain': 'p' });
    expect(findShape(output).kind).toBe('rich');
    expect(formatOutput(output)).toBe('p');
    expect(formatOutput(bundle({ [mime]: 'x' }))).toBe(`(${mime})`);
  });
  it('are joined unless a list is a value', () => {
    const given = { 'text/html': ['a', 'b'], 'application/x+json': ['a'] };
    expect(joinBundle(given)).toEqual({ 'text/html': 'ab', 'application/x+json': ['a'] });
  });
  it('lose the image that Jupyter adds to a Vega chart, and no other', () => {
    const chart = { 'application/vnd.vegalite.v5+json': {} };
    const of = (data: Record<string, unknown>) => [
      { cell: { cell_type: 'code', source: '', metadata: {}, outputs: [bundle(data)] } }
    ];
    expect(withoutPictures(of({ ...chart, 'image/png': 'A' }))).toEqual(of(chart));
    expect(withoutPictures(of({ 'image/png': 'A' }))).toEqual(of({ 'image/png': 'A' }));
  });
});

describe('texts', () => {
  it('are joined', () => {
    expect([joinLines(['a\n', 'b']), joinLines('a'), joinLines(1)]).toEqual(['a\nb', 'a', '']);
  });
  it('are what a terminal shows after carriage returns', () => {
    expect(foldReturns('10%\r20%\r30%\n')).toBe('30%\n');
    expect(foldReturns('long\rab\r\n')).toBe('abng\n');
  });
  it.each([
    [{ language_info: { mimetype: 'text/x-r' } }, 'text/x-r'],
    [{ language_info: { name: 'Julia' } }, 'text/x-julia'],
    [{ language_info: { name: '' }, kernelspec: { language: 'R' } }, 'text/x-r'],
    [{}, 'text/x-python']
  ])('of %j have a language', (metadata, mime) => {
    const notebook = { cells: [], metadata, nbformat: 4, nbformat_minor: 5 };
    expect(findMimetype(notebook)).toBe(mime);
  });
});
