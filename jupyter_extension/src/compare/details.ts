/** What changed beside source and outputs: metadata, tags, attachments, IDs. One line for each. */
import type { IParts, IScalar, PathOp } from '../diff/format';
import { filterNoise } from '../diff/noise';
import { findValue } from '../diff/plain';
import { drawImage, drawImagePair } from '../drawing/images';
import { formatImageUrl } from '../shared/bundle';
import { createShownNodes, h } from '../shared/dom';
import { escapeBreaks, tellApart } from '../shared/naming';
import type { ICell } from '../shared/notebook';
import { joinLines } from '../shared/notebook';
import type { IPairDrawing } from './context';

export function drawDetails(
  host: HTMLElement,
  parts: IParts,
  before: ICell | undefined,
  after: ICell | undefined,
  drawing: IPairDrawing
): void {
  const { trans, options, noise } = drawing;
  const lines: HTMLElement[] = [];
  if (parts.cell_type) {
    lines.push(drawScalar(trans.__('Type'), parts.cell_type));
  }
  const ignored = options.noise ? undefined : noise['cell metadata'];
  for (const op of filterNoise(parts.metadata, ignored)) {
    lines.push(drawOp(trans.__('Metadata'), op, before?.metadata, after?.metadata));
  }
  for (const op of parts.other ?? []) {
    lines.push(drawOp(trans.__('Other'), op, before, after));
  }
  if (options.noise && parts.id) {
    lines.push(drawScalar(trans.__('Cell ID'), parts.id));
  }
  if (options.noise && parts.execution_count) {
    lines.push(drawScalar(trans.__('Execution count'), parts.execution_count));
  }
  if (lines.length) {
    host.append(h('div', { class: 'nbvc-Details' }, ...lines));
  }
  if (parts.attachments?.length) {
    drawAttachments(host, parts.attachments, before, after, drawing);
  }
}

/** Draw one operation on a value as a line. */
export function drawOp(name: string, op: PathOp, before: unknown, after: unknown): HTMLElement {
  const path = op.path.join(' › ');
  const was = op.op === 'add' ? undefined : findValue(before, op.path);
  const is = op.op === 'remove' ? undefined : findValue(after, op.path);
  return drawChange(path ? `${name} ${path}` : name, formatValue(was), formatValue(is));
}

function drawScalar(name: string, scalar: IScalar): HTMLElement {
  return drawChange(
    name,
    scalar.before_json ?? formatValue(scalar.before),
    scalar.after_json ?? formatValue(scalar.after)
  );
}

function drawChange(name: string, was: string | null, is: string | null): HTMLElement {
  const sides = cutSides(was ?? '', is ?? '');
  const [old, now] = tellApart(...sides).map(side => escapeBreaks(side.text));
  const node = h(
    'div',
    { class: 'nbvc-Detail' },
    h('span', { class: 'nbvc-Detail-name' }, name)
  );
  if (was !== null) {
    node.append(drawValue('del', 'nbvc-Detail-was', old));
  }
  if (is !== null) {
    node.append(drawValue('ins', 'nbvc-Detail-is', now));
  }
  return node;
}

function drawValue(tag: 'del' | 'ins', className: string, text: string): HTMLElement {
  const node = h(tag, { class: className });
  node.append(...createShownNodes(text));
  return node;
}

/** Format a value: a string as it is, in quotes if it could be another value. */
function formatValue(value: unknown): string | null {
  if (value === undefined) {
    return null;
  }
  const isText = typeof value === 'string' && value !== '' && !needsQuotes(value);
  return isText ? value : (JSON.stringify(value) ?? '');
}

/** Cut both values around the first difference. */
function cutSides(was: string, is: string): [string, string] {
  const most = 300;
  const least = Math.min(was.length, is.length);
  let first = 0;
  while (first < least && was[first] === is[first]) {
    first += 1;
  }
  const start = first < most / 2 ? 0 : first - most / 4;
  const cut = (text: string): string =>
    `${start ? '…' : ''}${text.slice(start, start + most)}${text.length > start + most ? '…' : ''}`;
  return [cut(was), cut(is)];
}

function needsQuotes(text: string): boolean {
  if (/^["[{]/.test(text) || text !== text.trim() || /[\n\t]/.test(text)) {
    return true;
  }
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function drawAttachments(
  host: HTMLElement,
  ops: readonly PathOp[],
  before: ICell | undefined,
  after: ICell | undefined,
  drawing: IPairDrawing
): void {
  const names = new Set(ops.map(op => String(op.path[0] ?? '')));
  for (const name of names) {
    const a = findImage(before?.attachments?.[name]);
    const b = findImage(after?.attachments?.[name]);
    host.append(h('div', { class: 'nbvc-Details' }, drawing.trans.__('Attachment %1', name)));
    if (a && b) {
      host.append(drawImagePair(a, b, drawing.trans));
    } else if (a ?? b) {
      const side = a ? 'nbvc-mod-removed' : 'nbvc-mod-added';
      const image = drawImage((a ?? b)!, name, drawing.trans);
      host.append(h('div', { class: `nbvc-Column ${side}` }, image));
    }
  }
}

function findImage(bundle: Record<string, unknown> | undefined) {
  const mime = Object.keys(bundle ?? {}).find(key => key.startsWith('image/'));
  return bundle && mime ? { mime, url: formatImageUrl(mime, joinLines(bundle[mime])) } : null;
}
