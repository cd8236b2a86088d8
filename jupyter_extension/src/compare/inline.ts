/** The change of one cell, shown below it in the open notebook, with a button that undoes it. */
import type { ICellDiff } from '../diff/format';
import { isChange } from '../diff/rows';
import { loadLanguage } from '../drawing/languages';
import { drawError } from '../drawing/problem';
import { createSafeRegistry } from '../drawing/safe';
import { findShown, restoreCell } from '../live/actions';
import { askAboutNow } from '../live/disk';
import type { LiveNotebook } from '../live/document';
import * as server from '../server/calls';
import type { IDiffAnswer } from '../server/comparing';
import type { Side } from '../server/contract';
import { createButton, h } from '../shared/dom';
import { NbvcError } from '../shared/error';
import { findMimetype } from '../shared/notebook';
import type { IServices } from '../shared/services';
import { CellRow } from './cell';
import { openComparison } from './opening';
import { describeSide } from './side';
import { chooseSince, findSince } from './since';

export class InlineChange {
  private readonly _node: HTMLElement;
  private _rows: CellRow[] = [];

  /** `at` is the place of the cell; `isGone` shows the cells that were deleted before or behind it. */
  constructor(
    private readonly _services: IServices,
    private readonly _live: LiveNotebook,
    readonly host: HTMLElement,
    at: number,
    isGone: boolean
  ) {
    const { trans } = _services;
    this._node = h('section', {
      class: 'nbvc-Inline nbvc-Page',
      role: 'group',
      'aria-label': trans.__('What changed in this cell'),
      'data-nbvc-layout': 'unified',
      'data-lm-suppress-shortcuts': 'true'
    });
    for (const kind of ['mousedown', 'click', 'dblclick', 'keydown', 'contextmenu']) {
      this._node.addEventListener(kind, event => {
        if (kind === 'keydown' && (event as KeyboardEvent).key === 'Escape') {
          this.dispose();
        }
        event.stopPropagation();
      });
    }
    host.append(this._node);
    void this._load(at, isGone);
  }

  dispose(): void {
    this._rows.splice(0).forEach(row => row.dispose());
    this._node.remove();
  }

  /** The version that is compared with. */
  private get _since(): Side {
    return findSince(this._live.path)?.side ?? { kind: 'head' };
  }

  private async _load(at: number, isGone: boolean): Promise<void> {
    const { app, trans, rendermime, languages } = this._services;
    try {
      const answer = await askAboutNow(this._live, app.serviceManager.contents, now =>
        server.compareSides(this._live.path, this._since, now)
      );
      const mime = findMimetype(answer.after.notebook ?? answer.before.notebook);
      const [code, markdown] = await Promise.all([
        loadLanguage(languages, mime),
        loadLanguage(languages, 'text/x-ipythongfm')
      ]);
      const drawing = {
        trans,
        rendermime: createSafeRegistry(rendermime),
        options: { layout: 'unified' as const, rendered: false, noise: false },
        before: answer.before.notebook?.cells ?? [],
        after: answer.after.notebook?.cells ?? [],
        noise: answer.noise.keys,
        languages: { code, markdown }
      };
      const entries = isGone
        ? findGone(answer.diff.cells, at)
        : findEntry(answer.diff.cells, at);
      this._node.replaceChildren(this._drawBar(answer, entries));
      this._rows = entries.map(
        index =>
          new CellRow(index, answer.diff.cells[index], drawing, {
            jumpToGhost: () => undefined
          })
      );
      for (const row of this._rows) {
        this._node.append(row.node);
        row.draw();
      }
    } catch (error) {
      this._node.replaceChildren(drawError(NbvcError.from(error), trans));
    }
  }

  private _drawBar(answer: IDiffAnswer, entries: readonly number[]): HTMLElement {
    const { trans } = this._services;
    const { subject } = describeSide(answer.before, trans);
    const isOther = findSince(this._live.path) !== null;
    const text = entries.length
      ? isOther
        ? trans.__('Since: %1', subject)
        : trans.__('Since the last commit: %1', subject)
      : isOther
        ? trans.__('As in: %1', subject)
        : trans.__('As in the last commit: %1', subject);
    const other = createButton(
      trans.__('Since…'),
      '',
      () => void chooseSince(this._services, this._live.path).then(() => this.dispose()),
      trans.__('Mark what changed since another version')
    );
    const undo = createButton(trans.__('Undo this change'), 'nbvc-Inline-undo', () => {
      const shown = findShown(answer);
      // From the last to the first: the places of the others stay what they are.
      const isDone = [...entries]
        .reverse()
        .every(entry => restoreCell(this._live, shown, entry, trans));
      if (isDone) {
        this.dispose();
      }
    });
    undo.hidden = !entries.length;
    const compare = createButton(trans.__('Compare all'), '', () =>
      openComparison(this._services, {
        path: this._live.path,
        before: { side: this._since },
        after: { side: 'now' }
      })
    );
    const close = createButton(trans.__('Close'), '', () => this.dispose());
    return h(
      'div',
      { class: 'nbvc-Inline-bar' },
      h('span', { class: 'nbvc-Inline-text' }, text),
      h('span', { class: 'nbvc-Spacer' }),
      undo,
      compare,
      other,
      close
    );
  }
}

/** Return the entry of a cell that changed. */
function findEntry(cells: readonly ICellDiff[], at: number): number[] {
  const index = cells.findIndex(entry => entry.after.includes(at));
  return index >= 0 && isChange(cells[index]) ? [index] : [];
}

/** Return the entries of the cells that were deleted just before a cell, or at the end. */
function findGone(cells: readonly ICellDiff[], at: number): number[] {
  const index = cells.findIndex(entry => entry.after.includes(at));
  const isRemoved = (entry: number): boolean => cells[entry]?.change === 'removed';
  const found: number[] = [];
  for (let before = index - 1; isRemoved(before); before--) {
    found.unshift(before);
  }
  if (!cells.slice(index + 1).some(entry => entry.after.length)) {
    for (let behind = index + 1; isRemoved(behind); behind++) {
      found.push(behind);
    }
  }
  return found;
}
