/** Outputs of a cell, drawn without requests and scripts. */
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { MimeModel } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Widget } from '@lumino/widgets';
import { findShape, formatOutput, isInteractive, joinBundle } from '../shared/bundle';
import { createButton, h } from '../shared/dom';
import type { ICell, IOutput } from '../shared/notebook';
import { fitWidth } from './fitting';
import { drawImage } from './images';
import { drawText } from './lines';
import { isOffline, isVega, withoutSettings } from './offline';
import { createRefusingRegistry } from './safe';

/** What drawing needs. */
export interface IDrawing {
  trans: TranslationBundle;
  rendermime: IRenderMimeRegistry;
}

/** Something drawn that holds resources. */
export interface IDrawn {
  dispose(): void;
}

/** The widgets and listeners of one place. */
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

/** Draw all outputs of a cell. */
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

/** Draw a bar for what stayed the same, which opens in place. */
export function drawEqualBar(label: string, draw: (slot: HTMLElement) => void): HTMLElement {
  const slot = h('div', { class: 'nbvc-Equal-body', hidden: true });
  let empty = true;
  const bar = createButton(label, 'nbvc-Equal', () => {
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

/** Create a place over the whole width, for what only one side has. */
export function createColumn(side: 'before' | 'after'): HTMLElement {
  const mark = side === 'before' ? 'nbvc-mod-removed' : 'nbvc-mod-added';
  return h('div', { class: `nbvc-Column nbvc-mod-${side} ${mark}` });
}

/** Create two places beside each other, or one below the other. */
export function createColumns(): {
  node: HTMLElement;
  before: HTMLElement;
  after: HTMLElement;
} {
  const before = h('div', { class: 'nbvc-Column nbvc-mod-before' });
  const after = h('div', { class: 'nbvc-Column nbvc-mod-after' });
  return { node: h('div', { class: 'nbvc-Columns' }, before, after), before, after };
}

/**
 * Draw one output, as text if it can't be drawn. Resolves when it is drawn.
 *
 * Args:
 *   how: `safe` asks before it draws what may load from the network, `live` draws it, `still` draws a
 *     picture or text in its place, of one of the formats.
 */
export async function drawOutput(
  host: HTMLElement,
  output: IOutput,
  drawing: IDrawing,
  drawn: Drawn,
  how: How = { kind: 'safe' }
): Promise<void> {
  const { trans } = drawing;
  try {
    const shape = findShape(output);
    if (shape.kind === 'image') {
      host.append(drawImage(shape, trans.__('Image output'), trans));
    } else if (shape.kind === 'text') {
      host.append(drawText(shape.text, `nbvc-mod-${shape.name}`, trans));
    } else {
      await drawRich(host, output, drawing, drawn, how);
    }
  } catch (error) {
    host.append(
      h('p', { class: 'nbvc-Row-error' }, trans.__('Shown as text: %1', String(error))),
      drawText(formatOutput(output), 'nbvc-mod-plain', trans)
    );
  }
}

type How = { kind: 'safe' } | { kind: 'live' } | { kind: 'still'; formats: readonly string[] };

/** Draw two outputs that belong together: both alive, or both as a picture or text. */
export async function drawBoth(
  sides: readonly [HTMLElement, HTMLElement],
  outputs: readonly [IOutput, IOutput],
  drawing: IDrawing,
  drawn: Drawn
): Promise<HTMLElement | null> {
  const draw = (how: How): Promise<unknown> =>
    Promise.all(sides.map((side, n) => drawOutput(side, outputs[n], drawing, drawn, how)));
  if (outputs.every(output => isSafe(output, drawing))) {
    await draw({ kind: 'safe' });
    return null;
  }
  const formats = Object.keys(outputs[0].data ?? {}).filter(
    mime =>
      !isInteractive(mime) &&
      outputs.every(({ data }) => data && mime in data && isOffline(mime, data[mime]))
  );
  await draw({ kind: 'still', formats });
  const label = drawing.trans.__('Draw both outputs; they may load from the network');
  const ask = createButton(label, '', () => {
    ask.remove();
    sides.forEach(side => side.replaceChildren());
    void draw({ kind: 'live' });
  });
  return ask;
}

/** Return whether an output is drawn without a question. */
function isSafe(output: IOutput, { rendermime }: IDrawing): boolean {
  if (findShape(output).kind !== 'rich') {
    return true;
  }
  const data = findBundle(output);
  const mime = rendermime.preferredMimeType(data, 'ensure');
  return mime === undefined || isOffline(mime, data[mime]);
}

function findBundle(output: IOutput): ReadonlyPartialJSONObject {
  const bundle = { ...output.data };
  // Its renderer waits for a kernel that has the widget.
  delete bundle['application/vnd.jupyter.widget-view+json'];
  return joinBundle(bundle) as ReadonlyPartialJSONObject;
}

async function drawRich(
  host: HTMLElement,
  output: IOutput,
  drawing: IDrawing,
  drawn: Drawn,
  how: How
): Promise<void> {
  const { trans, rendermime } = drawing;
  const data = findBundle(output);
  const draw = (chosen: string): Promise<void> =>
    renderOutput(host, chosen, data, output, drawing, drawn);
  const choose = (isOffered: (mime: string) => boolean): string | undefined =>
    rendermime.preferredMimeType(
      Object.fromEntries(Object.entries(data).filter(([mime]) => isOffered(mime))),
      'ensure'
    );
  const mime = choose(one => how.kind !== 'still' || how.formats.includes(one));
  if (mime === undefined) {
    host.append(drawText(formatOutput(output), 'nbvc-mod-plain', trans));
    return;
  }
  if (how.kind !== 'safe' || isOffline(mime, data[mime])) {
    await draw(mime);
    return;
  }
  const still = choose(one => isOffline(one, data[one]));
  const label = trans.__('Draw this output; it may load from the network');
  host.append(
    createButton(label, '', () => {
      host.replaceChildren();
      void draw(mime);
    })
  );
  if (still) {
    await draw(still);
  }
}

async function renderOutput(
  host: HTMLElement,
  mime: string,
  data: ReadonlyPartialJSONObject,
  output: IOutput,
  drawing: IDrawing,
  drawn: Drawn
): Promise<void> {
  const safe = {
    ...data,
    [mime]: withoutSettings(mime, data[mime])
  } as ReadonlyPartialJSONObject;
  // The metadata of a chart can set its viewer up.
  const metadata = (isVega(mime) ? {} : (output.metadata ?? {})) as ReadonlyPartialJSONObject;
  const model = new MimeModel({ data: safe, metadata, trusted: false });
  const refuses = isVega(mime) && isOffline(mime, data[mime]);
  const registry = refuses ? createRefusingRegistry(drawing.rendermime) : drawing.rendermime;
  const widget: IRenderMime.IRenderer = registry.createRenderer(mime);
  drawn.add(widget);
  await drawn.attached;
  if (drawn.disposed || !host.isConnected) {
    return;
  }
  Widget.attach(widget, host);
  if (isInteractive(mime)) {
    drawn.add(fitWidth(host, widget.node));
  }
  await widget.renderModel(model);
}
