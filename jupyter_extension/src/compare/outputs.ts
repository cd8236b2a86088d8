/** Outputs of a pair of cells, before and after. */
import type { IOutputDiff, LineOp } from '../diff/format';
import { compareLines } from '../diff/text';
import { drawImagePair } from '../drawing/images';
import { drawLineDiff } from '../drawing/lines';
import type { Drawn } from '../drawing/outputs';
import {
  createColumn,
  createColumns,
  drawBoth,
  drawEqualBar,
  drawOutput
} from '../drawing/outputs';
import { findLook } from '../shared/alike';
import type { Shape } from '../shared/bundle';
import { findShape } from '../shared/bundle';
import { h } from '../shared/dom';
import type { ICell, IOutput } from '../shared/notebook';
import { joinLines } from '../shared/notebook';
import type { IPairDrawing } from './context';
import { drawOp } from './details';
import { markTables, scrollTogether } from './marking';

/** Changes of an output that are named one by one. */
const NAMED = 20;

/** Draw what changed in the outputs of a pair of cells; equal ones are a bar that opens. */
export function drawOutputDiff(
  host: HTMLElement,
  diffs: readonly IOutputDiff[],
  before: ICell | undefined,
  after: ICell | undefined,
  drawing: IPairDrawing,
  drawn: Drawn
): void {
  const { trans } = drawing;
  for (const diff of diffs) {
    const a = diff.before === null ? undefined : before?.outputs?.[diff.before];
    const b = diff.after === null ? undefined : after?.outputs?.[diff.after];
    if (diff.change === 'unchanged' || diff.meaning?.same) {
      if (b) {
        const draw = (slot: HTMLElement): void => void drawOutput(slot, b, drawing, drawn);
        host.append(drawEqualBar(trans.__('Output unchanged'), draw));
      }
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

function drawOneSided(
  host: HTMLElement,
  a: IOutput | undefined,
  b: IOutput | undefined,
  drawing: IPairDrawing,
  drawn: Drawn
): void {
  const output = a ?? b;
  if (output) {
    const column = createColumn(a ? 'before' : 'after');
    host.append(column);
    void drawOutput(column, output, drawing, drawn);
  }
}

function drawOutputPair(
  host: HTMLElement,
  a: IOutput,
  b: IOutput,
  diff: IOutputDiff,
  drawing: IPairDrawing,
  drawn: Drawn
): void {
  const [shapeA, shapeB] = [findShape(a), findShape(b)];
  if (shapeA.kind === 'image' && shapeB.kind === 'image') {
    host.append(drawImagePair(shapeA, shapeB, drawing.trans));
    return;
  }
  if (shapeA.kind === 'text' && shapeB.kind === 'text') {
    const ops = findLines(diff, shapeA, a) ?? compareLines(shapeA.text, shapeB.text);
    host.append(drawLineDiff(ops, shapeA.text, drawing.options.layout, drawing.trans));
    if (shapeA.text === shapeB.text) {
      nameChanges(host, a, b, diff, drawing);
    }
    return;
  }
  const { node, before, after } = createColumns();
  before.classList.add('nbvc-mod-removed');
  after.classList.add('nbvc-mod-added');
  host.append(node);
  void drawBoth([before, after], [a, b], drawing, drawn).then(ask => {
    if (ask) {
      node.before(ask);
    }
    const left = markTables(before, after, diff.meaning);
    if (left > 0) {
      const text = drawing.trans.__('and %1 more', left);
      host.append(h('div', { class: 'nbvc-Details' }, text));
    }
    // Two canvases have one HTML, whatever is painted on them.
    if (
      findLook(before.innerHTML) === findLook(after.innerHTML) &&
      !before.querySelector('canvas')
    ) {
      nameChanges(host, a, b, diff, drawing);
    }
    scrollTogether(before, after);
  });
}

/** List the changes of an output whose drawings look the same. */
function nameChanges(
  host: HTMLElement,
  a: IOutput,
  b: IOutput,
  diff: IOutputDiff,
  drawing: IPairDrawing
): void {
  const ops = diff.ops ?? [];
  const lines = ops
    .slice(0, NAMED)
    .map(op => drawOp(drawing.trans.__('Not in sight:'), op, a, b));
  if (ops.length > NAMED) {
    lines.push(h('div', {}, drawing.trans.__('and %1 more', ops.length - NAMED)));
  }
  host.append(h('div', { class: 'nbvc-Details' }, ...lines));
}

/** Return the line operations of an output's text if that is the text drawn. */
function findLines(diff: IOutputDiff, shape: Shape, before: IOutput): LineOp[] | null {
  const [found] = (diff.ops ?? []).flatMap(op =>
    op.op === 'lines' && /^(text|data,text\/plain)$/.test(op.path.join(',')) ? [op.lines] : []
  );
  const raw = before.output_type === 'stream' ? before.text : before.data?.['text/plain'];
  const same = shape.kind === 'text' && shape.text === joinLines(raw);
  return found && same ? found : null;
}
