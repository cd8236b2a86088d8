/** Sources in CodeMirror, with the lines and words marked that changed by the diff. */
import { Change, MergeView, unifiedMergeView } from '@codemirror/merge';
import type { Extension } from '@codemirror/state';
import { EditorState, RangeSetBuilder, Text } from '@codemirror/state';
import type { DecorationSet } from '@codemirror/view';
import { Decoration, EditorView, WidgetType } from '@codemirror/view';
import { jupyterTheme } from '@jupyterlab/codemirror';
import type { LineOp } from '../diff/format';
import { findPinsOfOps, findSpans } from '../diff/text';
import type { Shown } from '../shared/names';
import { splitNames } from '../shared/names';
import { showNames, showText } from '../shared/naming';
import type { Layout } from '../shared/settings';
import type { IDrawn } from './outputs';
import { withStyles } from './styles';

export interface ISourceSide {
  text: string;
  label: string;
  language: Extension;
  /** Offsets at which further cells begin, with what to write there. */
  cuts: readonly { at: number; label: string }[];
}

export interface ISourcePair {
  before: ISourceSide;
  after: ISourceSide;
  ops: readonly LineOp[];
  layout: Layout;
}

/** Unchanged lines are folded if they are farther than this from a change. */
const COLLAPSE = { margin: 3, minSize: 8 };

/** Draw a source that can't be edited. */
export function drawCode(host: HTMLElement, given: ISourceSide): IDrawn {
  const side = withNames(given, showText(given.text));
  const state = EditorState.create({ doc: side.text, extensions: createExtensions(side) });
  const view = withStyles(() => new EditorView({ parent: host, state }));
  return { dispose: () => view.destroy() };
}

export function drawPair(host: HTMLElement, shown: ISourcePair): IDrawn {
  const pair = withEnds(shown);
  const names = showBoth(pair);
  const [before, after] = [withNames(pair.before, names[0]), withNames(pair.after, names[1])];
  const diffConfig = { override: () => convertChanges(pair, names) };
  if (pair.layout === 'side-by-side') {
    const view = withStyles(
      () =>
        new MergeView({
          parent: host,
          a: { doc: before.text, extensions: createExtensions(before) },
          b: { doc: after.text, extensions: createExtensions(after) },
          diffConfig,
          gutter: false,
          collapseUnchanged: COLLAPSE
        })
    );
    return { dispose: () => view.destroy() };
  }
  const merged = unifiedMergeView({
    original: Text.of(before.text.split('\n')),
    mergeControls: false,
    gutter: false,
    diffConfig,
    collapseUnchanged: COLLAPSE
  });
  const extensions = [createExtensions(after), merged];
  const state = EditorState.create({ doc: after.text, extensions });
  const view = withStyles(() => new EditorView({ parent: host, state }));
  return { dispose: () => view.destroy() };
}

/**
 * Give the last lines an end if lines came or went there: each line of an operation has one, and
 * without it a line that was added below would change the one above.
 */
function withEnds(pair: ISourcePair): ISourcePair {
  const last = pair.ops[pair.ops.length - 1];
  if (last?.op !== 'replace' || last.removed?.length === last.added?.length) {
    return pair;
  }
  const ended = (side: ISourceSide): ISourceSide => ({
    ...side,
    text: side.text && `${side.text}\n`
  });
  return { ...pair, before: ended(pair.before), after: ended(pair.after) };
}

/** Return both texts as they are shown, with unseen and look-alike characters by name. */
function showBoth(pair: ISourcePair): [Shown, Shown] {
  const [before, after] = [pair.before.text, pair.after.text];
  const pins = findPinsOfOps(pair.ops, before, after);
  return [showText(before, pins[0]), showText(after, pins[1])];
}

function withNames(side: ISourceSide, names: Shown): ISourceSide {
  const cuts = side.cuts.map(({ at, label }) => ({
    at: names.at(at),
    label: showNames(label)
  }));
  return { ...side, text: names.text, cuts };
}

function convertChanges(pair: ISourcePair, [namesA, namesB]: [Shown, Shown]): Change[] {
  const [a, b] = [pair.before.text, pair.after.text];
  return findSpans(pair.ops, a, b).map(span => {
    // A line end at the end of both sides did not change; without it no further line is touched.
    const both =
      span.toA > span.fromA &&
      span.toB > span.fromB &&
      a[span.toA - 1] === '\n' &&
      b[span.toB - 1] === '\n';
    const end = both ? 1 : 0;
    return new Change(
      namesA.at(span.fromA),
      namesA.at(span.toA - end),
      namesB.at(span.fromB),
      namesB.at(span.toB - end)
    );
  });
}

function createExtensions(side: ISourceSide): Extension {
  return [
    EditorState.lineSeparator.of('\n'),
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': side.label, 'aria-readonly': 'true' }),
    jupyterTheme,
    side.language,
    markNames(side.text),
    side.cuts.length ? markCuts(side.cuts) : []
  ];
}

const NAME = Decoration.mark({ class: 'nbvc-Name' });

function markNames(shown: string): Extension {
  const builder = new RangeSetBuilder<Decoration>();
  let at = 0;
  splitNames(shown).forEach((piece, n) => {
    if (n % 2) {
      builder.add(at, at + piece.length, NAME);
    }
    at += piece.length;
  });
  return EditorView.decorations.of(builder.finish());
}

class CutWidget extends WidgetType {
  constructor(readonly label: string) {
    super();
  }

  override eq(other: CutWidget): boolean {
    return other.label === this.label;
  }

  toDOM(): HTMLElement {
    const node = document.createElement('div');
    node.className = 'nbvc-Cut';
    node.textContent = this.label;
    return node;
  }
}

function markCuts(cuts: ISourceSide['cuts']): Extension {
  const builder = new RangeSetBuilder<Decoration>();
  for (const { at, label } of cuts) {
    const widget = new CutWidget(label);
    builder.add(at, at, Decoration.widget({ widget, block: true, side: -1 }));
  }
  const marks: DecorationSet = builder.finish();
  return EditorView.decorations.of(marks);
}
