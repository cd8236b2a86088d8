/** The conflicts of a file that is not a notebook: mine, theirs, both, or what is typed. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Chunk, IDisputed, ITextConflict } from '../server/contract';
import { createButton, createTextNodes, h } from '../shared/dom';
import type { TextChoice } from './deciding';
import { isDisputed, TextDeciding } from './deciding';
import { DecidingView } from './decidingview';

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

export class TextConflictView extends DecidingView<TextDeciding> {
  private _digest = '';

  constructor(private readonly _options: ITextConflictOptions) {
    super(_options.trans);
    this.addClass('nbvc-TextConflicts');
  }

  async load(): Promise<void> {
    try {
      const found = await this._options.load();
      this._digest = found.digest;
      if (found.chunks) {
        this.deciding = new TextDeciding(found.chunks, found.own);
        this.list.replaceChildren(...this._drawChunks(found, found.chunks));
      } else {
        this.bar.hidden = true;
        this.list.replaceChildren(this._drawSides(found));
      }
      this.showDecided();
      this.setState('ready');
    } catch (error) {
      this.fail(error);
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
    const { trans } = this;
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
    const { trans } = this;
    const other: MergeSide = found.own === 'local' ? 'remote' : 'local';
    const badge = h('span', { class: 'nbvc-Badge' });
    const text = h('textarea', {
      class: 'nbvc-Conflict-result',
      spellcheck: 'false',
      'aria-label': trans.__('What the lines of conflict %1 become', number)
    });
    text.addEventListener('input', () => {
      this.deciding?.edit(at, text.value);
      this.showDecided();
    });
    const offers: [Exclude<TextChoice, 'edited'>, string][] = [
      [found.own, trans.__('Keep mine')],
      [other, trans.__('Keep theirs')],
      ['both', trans.__('Keep both')]
    ];
    const buttons = offers.map(([choice, label]): [TextChoice, HTMLButtonElement] => [
      choice,
      createButton(label, 'nbvc-Toggle', () => {
        this.deciding?.choose(at, choice);
        this.showDecided();
      })
    ]);
    const edit = createButton(trans.__('Edit'), 'nbvc-Toggle nbvc-Conflict-edit', () => {
      const lines = this.deciding?.decision(at)?.lines ?? [...chunk.local, ...chunk.remote];
      this.deciding?.edit(at, lines.join('\n'));
      this.showDecided();
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
    this.updates.push(() => {
      const decision = this.deciding?.decision(at) ?? null;
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
    const { trans } = this;
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
            () => void this._settle({ side })
          )
        )
      )
    );
  }

  protected override async saveAll(deciding: TextDeciding): Promise<void> {
    await this._settle({ text: deciding.result() });
  }

  private async _settle(decided: { text: string } | { side: MergeSide }): Promise<void> {
    await this.finish(async () => {
      await this._options.settle(this._digest, decided);
      const text = this.trans.__('Saved, and marked as resolved.');
      return { text, next: await this._options.next() };
    });
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
