/** What changed beside source and outputs: metadata, tags, attachments, ids. One line for each. */
import { imageUrl } from '../diff/bundle';
import type { ICell, IParts, IPathOp, IScalar } from '../diff/format';
import { textOf } from '../diff/format';
import { signalOps } from '../diff/noise';
import { valueAt } from '../diff/plain';
import { h } from '../dom';
import type { IDrawing } from './context';
import { drawImage, drawImagePair } from './images';

export function drawDetails(
  host: HTMLElement,
  parts: IParts,
  before: ICell | undefined,
  after: ICell | undefined,
  drawing: IDrawing
): void {
  const { trans, options, noise } = drawing;
  const lines: HTMLElement[] = [];
  if (parts.cell_type) {
    lines.push(scalarLine(trans.__('Type'), parts.cell_type));
  }
  const ignored = options.noise ? [] : (noise['cell metadata'] ?? []);
  for (const op of signalOps(parts.metadata, ignored)) {
    lines.push(opLine(trans.__('Metadata'), op, before?.metadata, after?.metadata));
  }
  for (const op of parts.other ?? []) {
    lines.push(opLine(trans.__('Other'), op, before, after));
  }
  if (options.noise && parts.id) {
    lines.push(scalarLine(trans.__('Cell id'), parts.id));
  }
  if (options.noise && parts.execution_count) {
    lines.push(scalarLine(trans.__('Execution count'), parts.execution_count));
  }
  if (lines.length) {
    host.append(h('div', { class: 'nbvc-Details' }, ...lines));
  }
  if (parts.attachments?.length) {
    drawAttachments(host, parts.attachments, before, after, drawing);
  }
}

/** Notebook-wide changes, in the same form. */
export function opLine(
  name: string,
  op: IPathOp,
  before: unknown,
  after: unknown
): HTMLElement {
  const path = op.path.join(' › ');
  const was = op.op === 'add' ? undefined : valueAt(before, op.path);
  const is = op.op === 'remove' ? undefined : valueAt(after, op.path);
  return changeLine(path ? `${name} ${path}` : name, shown(was), shown(is));
}

function scalarLine(name: string, scalar: IScalar): HTMLElement {
  return changeLine(
    name,
    scalar.before_json ?? shown(scalar.before),
    scalar.after_json ?? shown(scalar.after)
  );
}

function changeLine(name: string, was: string | null, is: string | null): HTMLElement {
  return h(
    'div',
    { class: 'nbvc-Detail' },
    h('span', { class: 'nbvc-Detail-name' }, name),
    was !== null && h('del', { class: 'nbvc-Detail-was' }, was),
    is !== null && h('ins', { class: 'nbvc-Detail-is' }, is)
  );
}

function shown(value: unknown): string | null {
  if (value === undefined) {
    return null;
  }
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

function drawAttachments(
  host: HTMLElement,
  ops: readonly IPathOp[],
  before: ICell | undefined,
  after: ICell | undefined,
  drawing: IDrawing
): void {
  const names = new Set(ops.map(op => String(op.path[0] ?? '')));
  for (const name of names) {
    const a = imageOf(before?.attachments?.[name]);
    const b = imageOf(after?.attachments?.[name]);
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

function imageOf(bundle: Record<string, unknown> | undefined) {
  const mime = Object.keys(bundle ?? {}).find(key => key.startsWith('image/'));
  return bundle && mime ? { mime, url: imageUrl(mime, textOf(bundle[mime])) } : null;
}
