/** Text outputs by lines, with the colors of terminals; long ones are cut. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LineOp, Range } from '../diff/format';
import type { ILine } from '../diff/text';
import { listLines } from '../diff/text';
import { createButton, createShownNodes, h } from '../shared/dom';
import { showText } from '../shared/naming';
import type { Layout } from '../shared/settings';
import { splitStyles } from './ansi';

/** Lines drawn at once, and unchanged lines kept around a change. */
const MOST = 400;
const AROUND = 3;

type Item = ILine | { kind: 'skip'; lines: ILine[] };

/** Draw the whole text of one side. */
export function drawText(
  text: string,
  className: string,
  trans: TranslationBundle
): HTMLElement {
  const lines = text.replace(/\n$/, '').split('\n');
  const pre = h('pre', { class: 'nbvc-Text-pre' });
  const add = (from: number, to: number): void => {
    for (const line of lines.slice(from, to)) {
      pre.append(drawLineText(line, [], []), '\n');
    }
  };
  add(0, MOST);
  const node = h('div', { class: `nbvc-Text jp-RenderedText ${className}` }, pre);
  if (lines.length > MOST) {
    const rest = lines.length - MOST;
    const more = createButton(trans.__('Show %1 more lines', rest), 'nbvc-More', () => {
      add(MOST, lines.length);
      more.remove();
    });
    node.append(more);
  }
  return node;
}

/** Draw what changed between two texts, by lines. */
export function drawLineDiff(
  ops: readonly LineOp[],
  before: string,
  layout: Layout,
  trans: TranslationBundle
): HTMLElement {
  const items = foldLines(listLines(ops, before));
  const body = h('div', { class: `nbvc-Lines nbvc-mod-${layout} jp-RenderedText` });
  const state = { left: MOST, waiting: [] as Item[] };
  drawRows(body, items, layout, trans, state);
  if (state.waiting.length) {
    const more = createButton(trans.__('Show the rest'), 'nbvc-More', () => {
      more.remove();
      drawRows(body, state.waiting, layout, trans, { left: Infinity, waiting: [] });
    });
    body.append(more);
  }
  return body;
}

function drawRows(
  body: HTMLElement,
  items: readonly Item[],
  layout: Layout,
  trans: TranslationBundle,
  state: { left: number; waiting: Item[] }
): void {
  for (const [at, row] of layOutRows(items, layout).entries()) {
    void at;
    if (state.left <= 0) {
      state.waiting.push(...row);
      continue;
    }
    state.left -= 1;
    body.append(drawRow(row, layout, trans));
  }
}

/** Lay lines out in rows: in two columns the nth removed line is beside the nth added one. */
function layOutRows(items: readonly Item[], layout: Layout): Item[][] {
  if (layout === 'unified') {
    return items.map(item => [item]);
  }
  const rows: Item[][] = [];
  let at = 0;
  while (at < items.length) {
    const removed: Item[] = [];
    const added: Item[] = [];
    while (items[at]?.kind === 'removed') {
      removed.push(items[at++]);
    }
    while (items[at]?.kind === 'added') {
      added.push(items[at++]);
    }
    if (!removed.length && !added.length) {
      rows.push([items[at++]]);
      continue;
    }
    for (let n = 0; n < Math.max(removed.length, added.length); n++) {
      rows.push([removed[n], added[n]].filter(Boolean));
    }
  }
  return rows;
}

function drawRow(row: readonly Item[], layout: Layout, trans: TranslationBundle): HTMLElement {
  const [first] = row;
  if (first.kind === 'skip') {
    return drawSkip(first.lines, layout, trans);
  }
  if (layout === 'unified') {
    return drawLine(first as ILine);
  }
  if (first.kind === 'equal') {
    return h('div', { class: 'nbvc-Lines-row' }, drawLine(first), drawLine(first));
  }
  const find = (kind: string): ILine | undefined =>
    row.find(item => item.kind === kind) as ILine | undefined;
  const [removed, added] = [find('removed'), find('added')];
  return h(
    'div',
    { class: 'nbvc-Lines-row' },
    removed ? drawLine(removed) : h('div', { class: 'nbvc-Line nbvc-mod-none' }),
    added ? drawLine(added) : h('div', { class: 'nbvc-Line nbvc-mod-none' })
  );
}

function drawSkip(
  lines: readonly ILine[],
  layout: Layout,
  trans: TranslationBundle
): HTMLElement {
  const label = trans._n('%1 unchanged line', '%1 unchanged lines', lines.length);
  const node = createButton(label, 'nbvc-Lines-skip', () => {
    node.replaceWith(...lines.slice(0, 5000).map(line => drawRow([line], layout, trans)));
  });
  return node;
}

function drawLine(line: ILine): HTMLElement {
  const sign = line.kind === 'removed' ? '-' : line.kind === 'added' ? '+' : ' ';
  const content = h(
    'pre',
    { class: 'nbvc-Line-text' },
    drawLineText(line.text, line.marks, line.pins)
  );
  return h(
    'div',
    { class: `nbvc-Line nbvc-mod-${line.kind}` },
    h('span', { class: 'nbvc-Line-sign' }, sign),
    content
  );
}

/** Draw a line: colored as in a terminal, or with its words marked. */
function drawLineText(
  text: string,
  marks: readonly Range[],
  pins: readonly number[]
): HTMLElement {
  const node = h('span');
  const whole = text.length > 5000 ? `${text.slice(0, 5000)}…` : text;
  if (whole.includes('\u001b')) {
    for (const piece of splitStyles(whole)) {
      node.append(h('span', { class: piece.classes.join(' ') || null }, piece.text));
    }
    return node;
  }
  const shown = showText(
    whole,
    pins.filter(pin => pin < 5000)
  );
  let from = 0;
  for (const [start, end] of marks) {
    const [first, last] = [shown.at(start), shown.at(end)];
    node.append(...createShownNodes(shown.text.slice(from, first)));
    node.append(drawMark(shown.text.slice(first, last)));
    from = last;
  }
  node.append(...createShownNodes(shown.text.slice(from)));
  return node;
}

function drawMark(shown: string): HTMLElement {
  const node = h('mark');
  node.append(...createShownNodes(shown));
  return node;
}

/** Fold long runs of unchanged lines to one item. */
function foldLines(lines: readonly ILine[]): Item[] {
  const near = new Uint8Array(lines.length);
  lines.forEach((line, at) => {
    if (line.kind !== 'equal') {
      near.fill(1, Math.max(0, at - AROUND), Math.min(lines.length, at + AROUND + 1));
    }
  });
  const items: Item[] = [];
  let run: ILine[] = [];
  const flush = (): void => {
    if (run.length > 2) {
      items.push({ kind: 'skip', lines: run });
    } else {
      items.push(...run);
    }
    run = [];
  };
  lines.forEach((line, at) => {
    if (near[at]) {
      flush();
      items.push(line);
    } else {
      run.push(line);
    }
  });
  flush();
  return items;
}
