/** Outputs of a cell, before and after. */
import { MimeModel } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Widget } from '@lumino/widgets';
import { lookOf } from '../diff/alike';
import { joinedBundle, plainOutput, shapeOf } from '../diff/bundle';
import type { Shape } from '../diff/bundle';
import type { ICell, ILineOp, IOutput, IOutputDiff } from '../diff/format';
import { textOf } from '../diff/format';
import { bare, isOffline, isVega } from '../diff/offline';
import { roughLineOps } from '../diff/text';
import { button, h } from '../dom';
import type { IDrawing, IDrawn } from './context';
import { opLine } from './details';
import { drawImage, drawImagePair } from './images';
import { drawLineDiff, drawText } from './lines';
import { markTables, scrollTogether } from './marking';
import { refusing } from './safe';

/** Changes of an output that are named one by one. */
const NAMED = 20;

/** Widgets and listeners of what was drawn in one place. */
export class Drawn implements IDrawn {
  private readonly _parts: IDrawn[] = [];
  private _disposed = false;

  /** `attached` is when the place is in the page, which Lumino's widgets wait for. */
  constructor(readonly attached: Promise<void> = Promise.resolve()) {}

  add<T extends IDrawn>(part: T): T {
    if (this._disposed) {
      part.dispose();
    } else {
      this._parts.push(part);
    }
    return part;
  }

  get disposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    for (const part of this._parts.splice(0)) {
      if (part instanceof Widget && !part.node.isConnected) {
        // The tab around it is gone already: there is nothing left to detach it from.
        part.clearFlag(Widget.Flag.IsAttached);
      }
      part.dispose();
    }
  }
}

/** All outputs of one side. */
export function drawOutputs(
  host: HTMLElement,
  cell: ICell | undefined,
  drawing: IDrawing,
  drawn: Drawn
): void {
  for (const output of cell?.outputs ?? []) {
    const slot = h('div', { class: 'nbvc-Output' });
    host.append(slot);
    void drawOutput(slot, output, drawing, drawn);
  }
}

/** What changed in the outputs of a pair of cells; equal ones are one bar that opens. */
export function drawOutputDiff(
  host: HTMLElement,
  diffs: readonly IOutputDiff[],
  before: ICell | undefined,
  after: ICell | undefined,
  drawing: IDrawing,
  drawn: Drawn
): void {
  const { trans } = drawing;
  for (const diff of diffs) {
    const a = diff.before === null ? undefined : before?.outputs?.[diff.before];
    const b = diff.after === null ? undefined : after?.outputs?.[diff.after];
    if (diff.change === 'unchanged') {
      host.append(
        equalBar(trans.__('Output unchanged'), slot => b && drawOutput(slot, b, drawing, drawn))
      );
      continue;
    }
    const node = h('div', { class: 'nbvc-OutputPair', 'data-nbvc-change': diff.change });
    host.append(node);
    if (a && b) {
      drawOutputPair(node, a, b, diff, drawing, drawn);
    } else {
      drawOneSided(node, a, b, drawing, drawn);
    }
  }
}

/** A bar for what stayed the same: closed, and opened where it stands. */
export function equalBar(label: string, draw: (slot: HTMLElement) => void): HTMLElement {
  const slot = h('div', { class: 'nbvc-Equal-body', hidden: true });
  let empty = true;
  const bar = button(label, 'nbvc-Equal', () => {
    slot.hidden = !slot.hidden;
    bar.setAttribute('aria-expanded', String(!slot.hidden));
    if (empty) {
      empty = false;
      draw(slot);
    }
  });
  bar.setAttribute('aria-expanded', 'false');
  return h('div', { class: 'nbvc-Equal-box' }, bar, slot);
}

/** Two places beside each other, or one below the other. */
export function columns(): { node: HTMLElement; before: HTMLElement; after: HTMLElement } {
  const before = h('div', { class: 'nbvc-Column nbvc-mod-before' });
  const after = h('div', { class: 'nbvc-Column nbvc-mod-after' });
  return { node: h('div', { class: 'nbvc-Columns' }, before, after), before, after };
}

function drawOneSided(
  host: HTMLElement,
  a: IOutput | undefined,
  b: IOutput | undefined,
  drawing: IDrawing,
  drawn: Drawn
): void {
  const { node, before, after } = columns();
  (a ? before : after).classList.add(a ? 'nbvc-mod-removed' : 'nbvc-mod-added');
  (a ? after : before).classList.add('nbvc-mod-none');
  host.append(node);
  const output = a ?? b;
  if (output) {
    void drawOutput(a ? before : after, output, drawing, drawn);
  }
}

function drawOutputPair(
  host: HTMLElement,
  a: IOutput,
  b: IOutput,
  diff: IOutputDiff,
  drawing: IDrawing,
  drawn: Drawn
): void {
  const [shapeA, shapeB] = [shapeOf(a), shapeOf(b)];
  if (shapeA.kind === 'image' && shapeB.kind === 'image') {
    host.append(drawImagePair(shapeA, shapeB, drawing.trans));
    return;
  }
  if (shapeA.kind === 'text' && shapeB.kind === 'text') {
    const ops = linesOf(diff, shapeA, a) ?? roughLineOps(shapeA.text, shapeB.text);
    host.append(drawLineDiff(ops, shapeA.text, drawing.options.layout, drawing.trans));
    if (shapeA.text === shapeB.text) {
      nameChanges(host, a, b, diff, drawing);
    }
    return;
  }
  const { node, before, after } = columns();
  before.classList.add('nbvc-mod-removed');
  after.classList.add('nbvc-mod-added');
  host.append(node);
  const both = [drawOutput(before, a, drawing, drawn), drawOutput(after, b, drawing, drawn)];
  void Promise.all(both).then(() => {
    markTables(before, after);
    // Two canvases have one HTML, whatever is painted on them.
    if (
      lookOf(before.innerHTML) === lookOf(after.innerHTML) &&
      !before.querySelector('canvas')
    ) {
      nameChanges(host, a, b, diff, drawing);
    }
    scrollTogether(before, after);
  });
}

/** What is drawn looks the same on both sides: say what it is that changed. */
function nameChanges(
  host: HTMLElement,
  a: IOutput,
  b: IOutput,
  diff: IOutputDiff,
  drawing: IDrawing
): void {
  const ops = diff.ops ?? [];
  const lines = ops
    .slice(0, NAMED)
    .map(op => opLine(drawing.trans.__('Not in sight:'), op, a, b));
  if (ops.length > NAMED) {
    lines.push(h('div', {}, drawing.trans.__('and %1 more', ops.length - NAMED)));
  }
  host.append(h('div', { class: 'nbvc-Details' }, ...lines));
}

/** The lines that the diff found in the text of an output, where its text is what is drawn. */
function linesOf(diff: IOutputDiff, shape: Shape, before: IOutput): ILineOp[] | null {
  const op = diff.ops?.find(
    ({ op, path }) => op === 'lines' && /^(text|data,text\/plain)$/.test(path.join(','))
  );
  const raw = before.output_type === 'stream' ? before.text : before.data?.['text/plain'];
  const same = shape.kind === 'text' && shape.text === textOf(raw);
  return op?.lines && same ? op.lines : null;
}

/** Draw one output; what can't be drawn is text. Resolves when it stands. */
export async function drawOutput(
  host: HTMLElement,
  output: IOutput,
  drawing: IDrawing,
  drawn: Drawn
): Promise<void> {
  const { trans } = drawing;
  try {
    const shape = shapeOf(output);
    if (shape.kind === 'image') {
      host.append(drawImage(shape, trans.__('Image output'), trans));
    } else if (shape.kind === 'text') {
      host.append(drawText(shape.text, `nbvc-mod-${shape.name}`, trans));
    } else {
      await drawRich(host, output, drawing, drawn);
    }
  } catch (error) {
    host.append(
      h('p', { class: 'nbvc-Row-error' }, trans.__('Shown as text: %1', String(error))),
      drawText(plainOutput(output), 'nbvc-mod-plain', trans)
    );
  }
}

async function drawRich(
  host: HTMLElement,
  output: IOutput,
  drawing: IDrawing,
  drawn: Drawn
): Promise<void> {
  const { trans, rendermime } = drawing;
  const bundle = { ...output.data };
  // Its renderer waits for a kernel that has the widget.
  delete bundle['application/vnd.jupyter.widget-view+json'];
  const data = joinedBundle(bundle) as ReadonlyPartialJSONObject;
  const mime = rendermime.preferredMimeType(data, 'ensure');
  const draw = (chosen: string): Promise<void> =>
    render(host, chosen, data, output, drawing, drawn);
  if (mime === undefined) {
    host.append(drawText(plainOutput(output), 'nbvc-mod-plain', trans));
    return;
  }
  if (!isOffline(mime, bundle[mime])) {
    const still = rendermime.preferredMimeType(offlineOnly(data), 'ensure');
    const ask = button(trans.__('Draw this output; it may load from the network'), '', () => {
      host.replaceChildren();
      void draw(mime);
    });
    host.append(ask);
    if (still) {
      await draw(still);
    }
    return;
  }
  await draw(mime);
}

async function render(
  host: HTMLElement,
  mime: string,
  data: ReadonlyPartialJSONObject,
  output: IOutput,
  drawing: IDrawing,
  drawn: Drawn
): Promise<void> {
  const safe = { ...data, [mime]: bare(mime, data[mime]) } as ReadonlyPartialJSONObject;
  // The metadata of a chart can set its viewer up.
  const metadata = (isVega(mime) ? {} : (output.metadata ?? {})) as ReadonlyPartialJSONObject;
  const model = new MimeModel({ data: safe, metadata, trusted: false });
  const refuses = isVega(mime) && isOffline(mime, data[mime]);
  const registry = refuses ? refusing(drawing.rendermime) : drawing.rendermime;
  const widget: IRenderMime.IRenderer = registry.createRenderer(mime);
  drawn.add(widget);
  await drawn.attached;
  if (drawn.disposed || !host.isConnected) {
    return;
  }
  Widget.attach(widget, host);
  await widget.renderModel(model);
}

function offlineOnly(data: ReadonlyPartialJSONObject): ReadonlyPartialJSONObject {
  return Object.fromEntries(
    Object.entries(data).filter(([mime, value]) => isOffline(mime, value))
  );
}
