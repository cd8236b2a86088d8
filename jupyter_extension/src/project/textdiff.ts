/** What changed in a text file since the last commit, by lines. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { drawLineDiff } from '../drawing/lines';
import { drawError } from '../drawing/problem';
import type { ITextPair } from '../server/contract';
import { createButton, h } from '../shared/dom';
import { NbvcError } from '../shared/error';

export interface ITextDiffOptions {
  trans: TranslationBundle;
  name: string;
  load: () => Promise<ITextPair>;
  /** Open the file in an editor; null if it is gone or out of reach. */
  open: (() => void) | null;
}

/** Below this width, in pixels, there is one column. */
const NARROW = 700;

export class TextDiffView extends Widget {
  private readonly _body = h('div', { class: 'nbvc-TextDiff-body', tabindex: '0' });

  constructor(private readonly _options: ITextDiffOptions) {
    super();
    const { trans, name, open } = _options;
    this.addClass('nbvc-TextDiff');
    const head = h(
      'div',
      { class: 'nbvc-TextDiff-head' },
      h('strong', {}, name),
      h('span', { class: 'nbvc-Muted' }, trans.__('Last commit → Now')),
      h('span', { class: 'nbvc-Spacer' }),
      createButton(trans.__('Compare again'), '', () => void this.refresh()),
      open && createButton(trans.__('Open the file'), '', open)
    );
    this.node.append(head, this._body);
  }

  async refresh(): Promise<void> {
    const { trans } = this._options;
    this.node.dataset.nbvcState = 'loading';
    try {
      const { before, after, ops } = await this._options.load();
      const isWide = this.node.clientWidth >= NARROW && before !== null && after !== null;
      const note =
        before === null
          ? trans.__('This file is new.')
          : after === null
            ? trans.__('This file was deleted.')
            : ops.every(op => op.op === 'equal')
              ? trans.__('No changes since the last commit')
              : '';
      const lines = drawLineDiff(ops, before ?? '', isWide ? 'side-by-side' : 'unified', trans);
      this._body.replaceChildren(
        ...(note ? [h('p', { class: 'nbvc-Muted nbvc-TextDiff-note' }, note)] : []),
        lines
      );
      this.node.dataset.nbvcState = 'ready';
    } catch (error) {
      this._body.replaceChildren(drawError(NbvcError.from(error), trans));
      this.node.dataset.nbvcState = 'error';
    }
  }
}
