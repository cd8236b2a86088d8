/** What an output is for a reader: an image, text by lines, or a format that rendermime draws. */
import type { ICell, IOutput } from './notebook';
import { joinLines } from './notebook';

const IMAGES = [
  'image/png',
  'image/jpeg',
  'image/svg+xml',
  'image/gif',
  'image/webp',
  'image/bmp'
];

export type Shape =
  | { kind: 'image'; mime: string; url: string; width: number | null }
  | { kind: 'text'; text: string; name: 'stdout' | 'stderr' | 'error' | 'plain' }
  | { kind: 'rich'; mimes: string[] };

/** Return text as a terminal shows it after carriage returns. */
export function foldReturns(text: string): string {
  if (!text.includes('\r')) {
    return text;
  }
  return text
    .split('\n')
    .map(line => {
      const parts = line.replace(/\r+$/, '').split('\r');
      return parts.reduce((shown, part) => part + shown.slice(part.length), '');
    })
    .join('\n');
}

export function findShape(output: IOutput): Shape {
  if (output.output_type === 'stream') {
    const name = output.name === 'stderr' ? 'stderr' : 'stdout';
    return { kind: 'text', text: foldReturns(joinLines(output.text)), name };
  }
  if (output.output_type === 'error') {
    const trace = (output.traceback ?? []).join('\n');
    const text = trace || `${output.ename ?? ''}: ${output.evalue ?? ''}`;
    return { kind: 'text', text, name: 'error' };
  }
  const bundle = output.data ?? {};
  const mimes = Object.keys(bundle);
  const rich = mimes.some(mime => isInteractive(mime) || mime === 'text/html');
  const image = IMAGES.find(mime => mime in bundle);
  if (image && !rich) {
    return shapeImage(image, joinLines(bundle[image]), output);
  }
  if (mimes.length === 1 && mimes[0] === 'text/plain') {
    return { kind: 'text', text: joinLines(bundle['text/plain']), name: 'plain' };
  }
  return { kind: 'rich', mimes };
}

/** Return a MIME bundle with each text as one string; a list in a JSON format is a value. */
export function joinBundle(bundle: Record<string, unknown>): Record<string, unknown> {
  const joined = ([mime, value]: [string, unknown]): [string, unknown] => [
    mime,
    Array.isArray(value) && !/^application\/(.*\+)?json$/i.test(mime) ? joinLines(value) : value
  ];
  return Object.fromEntries(Object.entries(bundle).map(joined));
}

/** Return cells without the images that Jupyter adds to a Vega chart after drawing it. */
export function withoutPictures<T extends { cell: ICell }>(cells: readonly T[]): T[] {
  const bare = (output: IOutput): IOutput => {
    const { 'image/png': picture, ...rest } = output.data ?? {};
    const isDrawn =
      picture !== undefined && Object.keys(rest).some(mime => /\.vega/.test(mime));
    return isDrawn ? { ...output, data: rest } : output;
  };
  return cells.map(one =>
    one.cell.outputs
      ? { ...one, cell: { ...one.cell, outputs: one.cell.outputs.map(bare) } }
      : one
  );
}

/** Return whether drawing a format runs code of the output. */
export function isInteractive(mime: string): boolean {
  return /^application\/(vnd\.(vega|vegalite|plotly|bokeh|holoviews)|geo\+json|javascript)/.test(
    mime
  );
}

/** Return an image as the source of an <img>, in which scripts do not run and nothing is fetched. */
export function formatImageUrl(mime: string, content: string): string {
  if (mime === 'image/svg+xml') {
    return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(content)}`;
  }
  return `data:${mime};base64,${content.replace(/\s+/g, '')}`;
}

function shapeImage(mime: string, content: string, output: IOutput): Shape {
  const sizes = output.metadata?.[mime] as { width?: unknown } | undefined;
  const width = typeof sizes?.width === 'number' ? sizes.width : null;
  return { kind: 'image', mime, url: formatImageUrl(mime, content), width };
}

/** Return the plain text of an output, for when nothing else can be drawn. */
export function formatOutput(output: IOutput): string {
  const shape = findShape(output);
  if (shape.kind === 'text') {
    return shape.text;
  }
  const bundle = output.data ?? {};
  const plain = joinLines(bundle['text/plain']);
  return plain || `(${Object.keys(bundle).join(', ') || 'empty output'})`;
}
