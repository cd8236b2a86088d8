/** The conflicts of a file that is not a notebook: mine, theirs, both, or what is typed. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { drawError } from '../drawing/problem';
import type { Chunk, IDisputed, ITextConflict } from '../server/contract';
import { createButton, createTextNodes, h } from '../shared/dom';
import { NbvcError } from '../shared/error';
import type { TextChoice } from './deciding';
import { isDisputed, TextDeciding } from './deciding';

export interface ITextConflictOptions {
  trans: TranslationBundle;
  load: () => Promise<ITextConflict>;
  /** Save a text, or the whole file of a side; resolves once git takes it for resolved. */
  settle: (expected: string, decided: { text: string } | { side: MergeSide }) => Promise<void>;
  /** What comes next, once the file is resolved. */
  next: () => Promise<HTMLElement[]>;
}

type MergeSide = 'local' | 'remote';

/** Unchanged lines that are shown around a conflict. */
const AROUND = 3;

export class TextConflictView extends Widget {
  private readonly _left = h('div', { class: 'nbvc-Conflicts-left', role: 'status' });
  private readonly _bar = h('div', { class: 'nbvc-Conflicts-bar' });
  private readonly _list = h('div', { class: 'nbvc-Conflicts-list', tabindex: '0' });
  private readonly _message = h('div', {
    class: 'nbvc-Conflicts-message',
    'aria-live': 'polite'
  });
  private readonly _undo: HTMLButtonElement;
  private readonly _save: HTMLButtonElement;
  private readonly _updates: (() => void)[] = [];
  private _deciding: TextDeciding | null = null;
  private _digest = '';

  constructor(private readonly _options: ITextConflictOptions) {
    super();
    const { trans } = _options;
    this.addClass('nbvc-Conflicts');
    this.addClass('nbvc-TextConflicts');
    this._undo = createButton(trans.__('Undo'), 'nbvc-Conflicts-undo', () => {
      this._deciding?.undo();
      this._update();
    });
    this._save = createButton(
      trans.__('Save and mark resolved'),
      'nbvc-Conflicts-save',
      () => void this._saveText()
    );
    this._bar.append(this._left, h('span', { class: 'nbvc-Spacer' }), this._undo, this._save);
    this.node.append(this._bar, this._message, this._list);
    this._setState('loading');
  }

  async load(): Promise<void> {
    try {
      const found = await this._options.load();
      this._digest = found.digest;
      if (found.chunks) {
        this._deciding = new TextDeciding(found.chunks, found.own);
        this._list.replaceChildren(...this._drawChunks(found, found.chunks));
      } else {
        this._bar.hidden = true;
        this._list.replaceChildren(this._drawSides(found));
      }
      this._update();
      this._setState('ready');
    } catch (error) {
      this._fail(error);
    }
  }

  private _drawChunks(found: ITextConflict, chunks: readonly Chunk[]): HTMLElement[] {
    const count = chunks.filter(isDisputed).length;
    let number = 0;
    return chunks.map((chunk, at) => {
      if (isDisputed(chunk)) {
        number += 1;
        return this._drawBlock(found, chunk, at, number, count);
      }
      return this._drawSettled(chunk.lines, at > 0, at < chunks.length - 1);
    });
  }

  private _drawSettled(
    lines: readonly string[],
    isAfter: boolean,
    isBefore: boolean
  ): HTMLElement {
    const { trans } = this._options;
    const top = isAfter ? lines.slice(0, AROUND) : [];
    const end = isBefore ? lines.slice(Math.max(top.length, lines.length - AROUND)) : [];
    const hidden = lines.slice(top.length, lines.length - end.length);
    const draw = (some: readonly string[]): HTMLElement =>
      h('pre', { class: 'nbvc-TextLines' }, some.join('\n'));
    const node = h('div', { class: 'nbvc-TextSettled' });
    if (top.length) {
      node.append(draw(top));
    }
    if (hidden.length) {
      const label = trans._n('%1 unchanged line', '%1 unchanged lines', hidden.length);
      const more = createButton(label, 'nbvc-Lines-skip', () => more.replaceWith(draw(hidden)));
      node.append(more);
    }
    if (end.length) {
      node.append(draw(end));
    }
    return node;
  }

  private _drawBlock(
    found: ITextConflict,
    chunk: IDisputed,
    at: number,
    number: number,
    count: number
  ): HTMLElement {
    const { trans } = this._options;
    const other: MergeSide = found.own === 'local' ? 'remote' : 'local';
    const badge = h('span', { class: 'nbvc-Badge' });
    const text = h('textarea', {
      class: 'nbvc-Conflict-result',
      spellcheck: 'false',
      'aria-label': trans.__('What the lines of conflict %1 become', number)
    });
    text.addEventListener('input', () => {
      this._deciding?.edit(at, text.value);
      this._update();
    });
    const offers: [Exclude<TextChoice, 'edited'>, string][] = [
      [found.own, trans.__('Keep mine')],
      [other, trans.__('Keep theirs')],
      ['both', trans.__('Keep both')]
    ];
    const buttons = offers.map(([choice, label]): [TextChoice, HTMLButtonElement] => [
      choice,
      createButton(label, 'nbvc-Toggle', () => {
        this._deciding?.choose(at, choice);
        this._update();
      })
    ]);
    const edit = createButton(trans.__('Edit'), 'nbvc-Toggle nbvc-Conflict-edit', () => {
      const lines = this._deciding?.decision(at)?.lines ?? [...chunk.local, ...chunk.remote];
      this._deciding?.edit(at, lines.join('\n'));
      this._update();
      text.focus();
    });
    const node = h(
      'section',
      {
        class: 'nbvc-Conflict nbvc-Row',
        role: 'group',
        'aria-label': trans.__('Conflict %1 of %2', number, count)
      },
      h(
        'header',
        { class: 'nbvc-Row-header' },
        badge,
        h('strong', {}, trans.__('Conflict %1 of %2', number, count))
      ),
      h(
        'div',
        { class: 'nbvc-TextSides' },
        drawSide(trans.__('Mine'), found.labels[found.own], chunk[found.own], trans),
        drawSide(trans.__('Theirs'), found.labels[other], chunk[other], trans)
      ),
      h(
        'div',
        { class: 'nbvc-Conflict-choices' },
        ...buttons.map(([, button]) => button),
        edit
      ),
      text
    );
    this._updates.push(() => {
      const decision = this._deciding?.decision(at) ?? null;
      badge.textContent = decision ? trans.__('decided') : trans.__('open');
      badge.dataset.nbvcMark = decision ? 'added' : 'removed';
      text.hidden = !decision;
      const value = decision?.lines.join('\n') ?? '';
      if (text.value !== value) {
        text.value = value;
      }
      text.rows = Math.min(20, (decision?.lines.length ?? 0) + 1);
      for (const [choice, button] of buttons) {
        button.setAttribute('aria-pressed', String(choice === decision?.choice));
      }
      edit.setAttribute('aria-pressed', String(decision?.choice === 'edited'));
    });
    return node;
  }

  /** Ask for a whole side: one deleted the file, or it is not text. */
  private _drawSides(found: ITextConflict): HTMLElement {
    const { trans } = this._options;
    const mine = found.own;
    const theirs: MergeSide = mine === 'local' ? 'remote' : 'local';
    const label = (side: MergeSide): string => {
      const name = side === mine ? trans.__('Keep mine') : trans.__('Keep theirs');
      if (!found.deleted_by) {
        return name;
      }
      return found.deleted_by === side
        ? trans.__('%1: delete the file', name)
        : trans.__('%1: keep the file', name);
    };
    const reason = !found.deleted_by
      ? trans.__('This file is not text, so one of the two versions has to be taken whole.')
      : found.deleted_by === mine
        ? trans.__('You deleted this file, and others changed it.')
        : trans.__('Others deleted this file, and you changed it.');
    return h(
      'section',
      { class: 'nbvc-Conflict nbvc-Row', role: 'group', 'aria-label': reason },
      h('p', { class: 'nbvc-TextReason' }, reason),
      h(
        'div',
        { class: 'nbvc-Conflict-choices' },
        ...[mine, theirs].map(side =>
          createButton(
            label(side),
            `nbvc-Conflict-${side === mine ? 'mine' : 'theirs'}`,
            () => void this._finish({ side })
          )
        )
      )
    );
  }

  private _update(): void {
    const { trans } = this._options;
    this._updates.forEach(update => update());
    const left = this._deciding?.left ?? 0;
    this._left.textContent = left
      ? trans._n('%1 conflict left', '%1 conflicts left', left)
      : trans.__('No conflict left');
    this._left.dataset.nbvcLeft = String(left);
    this._undo.disabled = !this._deciding?.canUndo;
    this._save.disabled = !this._deciding || left > 0;
    this._save.title = left ? trans.__('Decide on every conflict first') : '';
  }

  private async _saveText(): Promise<void> {
    const deciding = this._deciding;
    if (deciding && !deciding.left) {
      await this._finish({ text: deciding.result() });
    }
  }

  private async _finish(decided: { text: string } | { side: MergeSide }): Promise<void> {
    const { trans } = this._options;
    this._setState('saving');
    this._save.disabled = true;
    try {
      await this._options.settle(this._digest, decided);
      const said = h('p', { class: 'nbvc-Good' }, trans.__('Saved, and marked as resolved.'));
      const next = await this._options.next();
      this._message.replaceChildren(said, ...next);
      next[0]?.focus();
      this._list.replaceChildren();
      this._bar.hidden = true;
      this._setState('saved');
    } catch (error) {
      this._fail(error);
      this._update();
    }
  }

  private _fail(error: unknown): void {
    this._message.replaceChildren(drawError(NbvcError.from(error), this._options.trans));
    this._bar.hidden = !this._deciding;
    this._setState('error');
  }

  private _setState(state: 'loading' | 'ready' | 'saving' | 'saved' | 'error'): void {
    this.node.dataset.nbvcState = state;
    this.node.setAttribute('aria-busy', String(state === 'loading' || state === 'saving'));
  }
}

function drawSide(
  name: string,
  label: string,
  lines: readonly string[],
  trans: TranslationBundle
): HTMLElement {
  const plain = /^(your branch|the other branch|local|remote|HEAD)?$/.test(label);
  const text = h('pre', { class: 'nbvc-TextLines' });
  text.append(...createTextNodes(lines.join('\n')));
  return h(
    'div',
    { class: 'nbvc-TextSide' },
    h('div', { class: 'nbvc-TextSide-name' }, plain ? name : `${name}: ${label}`),
    lines.length ? text : h('p', { class: 'nbvc-Muted' }, trans.__('nothing here'))
  );
}
