/** The conflicts of a notebook, one below the other: mine, theirs, both, or what is typed. */
import type { Extension } from '@codemirror/state';
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { compareLines } from '../diff/text';
import { loadLanguage } from '../drawing/languages';
import { Drawn } from '../drawing/outputs';
import { drawError, formatSentence } from '../drawing/problem';
import { drawPair } from '../drawing/source';
import type { IConflict, IConflicts, IDeletion } from '../server/contract';
import { createButton, h } from '../shared/dom';
import { NbvcError } from '../shared/error';
import type { ICell, INotebook } from '../shared/notebook';
import { findMimetype, joinLines } from '../shared/notebook';
import type { Choice } from './deciding';
import { Deciding } from './deciding';

export interface IConflictOptions {
  trans: TranslationBundle;
  languages: IEditorLanguageRegistry | null;
  load: () => Promise<IConflicts>;
  /** Delete a notebook that one side deleted; resolves with a message for the user. */
  delete: (expected: string) => Promise<string>;
  /** Save the decisions in the notebook that was opened; resolves with a message for the user. */
  save: (decided: INotebook, expected: string, opened: INotebook) => Promise<string>;
  open: () => void;
  /** Returns buttons for what comes next, once all is saved. */
  next: () => Promise<HTMLElement[]>;
}

/** Return the name of a side, with git's label if that says more. */
function nameSide(name: string, label: string): string {
  const shown = label.replace(/^refs\/(remotes|heads)\//, '');
  return /^(local|remote|ours|theirs|HEAD)?$/.test(shown) ? name : `${name}: ${shown}`;
}

export class ConflictView extends Widget {
  private readonly _left = h('div', { class: 'nbvc-Conflicts-left', role: 'status' });
  private readonly _bar = h('div', { class: 'nbvc-Conflicts-bar' });
  private readonly _list = h('div', { class: 'nbvc-Conflicts-list', tabindex: '0' });
  private readonly _message = h('div', {
    class: 'nbvc-Conflicts-message',
    'aria-live': 'polite'
  });
  private readonly _undo: HTMLButtonElement;
  private readonly _save: HTMLButtonElement;
  private readonly _drawn = new Drawn();
  private readonly _updates: (() => void)[] = [];
  private _deciding: Deciding | null = null;
  private _digest = '';
  private _language: Extension = [];

  constructor(private readonly _options: IConflictOptions) {
    super();
    const { trans } = _options;
    this.addClass('nbvc-Conflicts');
    this._undo = createButton(trans.__('Undo'), 'nbvc-Conflicts-undo', () => {
      this._deciding?.undo();
      this._update();
    });
    this._save = createButton(
      trans.__('Save and mark resolved'),
      'nbvc-Conflicts-save',
      () => void this._saveAll()
    );
    this._bar.append(this._left, h('span', { class: 'nbvc-Spacer' }), this._undo, this._save);
    this.node.append(this._bar, this._message, this._list);
    this._update();
    this._setState('loading');
  }

  async load(): Promise<void> {
    const { trans, languages } = this._options;
    try {
      const found = await this._options.load();
      this._language = await loadLanguage(languages, findMimetype(found.notebook));
      this._digest = found.digest;
      this._deciding = new Deciding(found.notebook, found.conflicts);
      this._list.replaceChildren(
        ...found.conflicts.map(conflict => this._drawConflict(conflict))
      );
      if (found.deleted) {
        this._list.prepend(this._drawDeletion(found.deleted));
      }
      if (!found.conflicts.length && found.kind === 'none') {
        this._list.replaceChildren(
          h('p', { class: 'nbvc-Page-same' }, trans.__('This notebook has no conflicts.'))
        );
      }
      this._save.hidden = found.deleted !== null || (found.kind === 'none' && !found.unmerged);
      this._left.hidden = found.deleted !== null;
      this._update();
      this._setState('ready');
    } catch (error) {
      this._fail(error);
    }
  }

  override dispose(): void {
    this._drawn.dispose();
    super.dispose();
  }

  /** Ask whether a notebook stays that one side deleted and the other changed. */
  private _drawDeletion({ by, own, reason }: IDeletion): HTMLElement {
    const { trans } = this._options;
    const keep = createButton(
      by === own
        ? trans.__('Keep theirs: keep the notebook')
        : trans.__('Keep mine: keep the notebook'),
      'nbvc-Conflicts-keep',
      () => void this._saveAll()
    );
    const remove = createButton(
      by === own
        ? trans.__('Keep mine: delete the notebook')
        : trans.__('Keep theirs: delete the notebook'),
      'nbvc-Conflicts-delete',
      () => void this._finish(() => this._options.delete(this._digest)),
      trans.__('The notebook becomes a checkpoint first')
    );
    return h(
      'section',
      { class: 'nbvc-Conflict nbvc-Row', role: 'group', 'aria-label': formatSentence(reason) },
      h('header', { class: 'nbvc-Row-header' }, h('strong', {}, formatSentence(reason))),
      h('div', { class: 'nbvc-Conflict-choices' }, keep, remove)
    );
  }

  private _drawConflict(conflict: IConflict): HTMLElement {
    const { trans } = this._options;
    const { index, labels } = conflict;
    const name = trans.__('Conflict in cell %1', index + 1);
    const sides = h('div', { class: 'nbvc-Source nbvc-mod-pair' });
    const text = h('textarea', {
      class: 'nbvc-Conflict-result',
      spellcheck: 'false',
      'aria-label': trans.__('What cell %1 becomes', index + 1)
    });
    const gone = h('p', { class: 'nbvc-Muted' }, trans.__('The cell is deleted.'));
    text.addEventListener('input', () => {
      this._deciding?.edit(index, text.value);
      this._update();
    });
    const choices = this._drawChoices(conflict);
    const badge = h('span', { class: 'nbvc-Badge' });
    const node = h(
      'section',
      {
        class: 'nbvc-Conflict nbvc-Row',
        role: 'group',
        'aria-label': name,
        'data-nbvc-index': index
      },
      h(
        'header',
        { class: 'nbvc-Row-header' },
        badge,
        h('strong', {}, name),
        h('span', { class: 'nbvc-Row-place' }, formatSentence(conflict.reason))
      ),
      h(
        'div',
        { class: 'nbvc-Conflict-labels' },
        h('span', {}, nameSide(this._nameOwner(conflict, 'local'), labels.local)),
        h('span', {}, nameSide(this._nameOwner(conflict, 'remote'), labels.remote))
      ),
      sides,
      h('div', { class: 'nbvc-Conflict-choices' }, ...choices.map(([, choice]) => choice)),
      text,
      gone
    );
    this._drawSides(sides, conflict);
    this._updates.push(() => {
      const source = this._deciding?.source(index) ?? null;
      const decided = this._deciding?.isDecided(index) ?? false;
      text.hidden = source === null;
      gone.hidden = source !== null;
      if (source !== null && text.value !== source) {
        text.value = source;
      }
      text.rows = Math.min(20, (source ?? '').split('\n').length + 1);
      badge.textContent = decided ? trans.__('decided') : trans.__('open');
      badge.dataset.nbvcMark = decided ? 'added' : 'removed';
      node.dataset.nbvcDecided = String(decided);
      const chosen = this._deciding?.decision(index)?.choice;
      for (const [choice, one] of choices) {
        one.setAttribute('aria-pressed', String(choice === chosen));
      }
    });
    return node;
  }

  private _nameOwner(conflict: IConflict, side: 'local' | 'remote'): string {
    const { trans } = this._options;
    return side === conflict.own ? trans.__('Mine') : trans.__('Theirs');
  }

  private _drawChoices(conflict: IConflict): [Choice, HTMLButtonElement][] {
    const { trans } = this._options;
    const [mine, theirs] = [trans.__('Keep mine'), trans.__('Keep theirs')];
    const isLocal = conflict.own === 'local';
    const offers: [Exclude<Choice, 'edited'>, string, boolean][] = [
      ['local', isLocal ? mine : theirs, true],
      ['remote', isLocal ? theirs : mine, true],
      ['both', trans.__('Keep both'), !conflict.deleted_by],
      ['base', trans.__('Keep neither'), conflict.base !== null]
    ];
    return offers
      .filter(([, , offered]) => offered)
      .map(([choice, label]) => [
        choice,
        createButton(
          label,
          'nbvc-Toggle',
          () => {
            this._deciding?.choose(conflict, choice);
            this._update();
          },
          choice === 'base' ? trans.__('As it was before either of the two changed it') : ''
        )
      ]);
  }

  private _drawSides(host: HTMLElement, conflict: IConflict): void {
    const text = (cells: readonly ICell[]): string =>
      cells.map(cell => joinLines(cell.source)).join('\n\n');
    const [local, remote] = [text(conflict.local), text(conflict.remote)];
    const side = (source: string, label: string) => ({
      text: source,
      label,
      language:
        (conflict.local[0] ?? conflict.remote[0])?.cell_type === 'code' ? this._language : [],
      cuts: []
    });
    try {
      this._drawn.add(
        drawPair(host, {
          before: side(local, this._nameOwner(conflict, 'local')),
          after: side(remote, this._nameOwner(conflict, 'remote')),
          ops: compareLines(local, remote),
          layout: 'side-by-side'
        })
      );
    } catch {
      host.append(h('pre', {}, local), h('pre', {}, remote));
    }
  }

  private _update(): void {
    const { trans } = this._options;
    const deciding = this._deciding;
    this._updates.forEach(update => update());
    const left = deciding?.left ?? 0;
    this._left.textContent = !deciding
      ? trans.__('Looking for conflicts…')
      : left
        ? trans._n('%1 conflict left', '%1 conflicts left', left)
        : trans.__('No conflict left');
    this._left.dataset.nbvcLeft = String(left);
    this._undo.disabled = !deciding?.canUndo;
    this._save.disabled = !deciding || left > 0;
    this._save.title = left ? trans.__('Decide on every conflict first') : '';
  }

  private async _saveAll(): Promise<void> {
    const deciding = this._deciding;
    if (deciding && !deciding.left) {
      await this._finish(() =>
        this._options.save(deciding.result(), this._digest, deciding.notebook)
      );
    }
  }

  private async _finish(act: () => Promise<string>): Promise<void> {
    const { trans } = this._options;
    this._setState('saving');
    this._save.disabled = true;
    try {
      const said = await act();
      const open = createButton(trans.__('Open the notebook'), '', () => this._options.open());
      const next = await this._options.next();
      this._message.replaceChildren(h('p', { class: 'nbvc-Good' }, said), ...next, open);
      (next[0] ?? open).focus();
      this._list.replaceChildren();
      this._undo.hidden = this._save.hidden = true;
      this._setState('saved');
    } catch (error) {
      this._fail(error);
      this._update();
    }
  }

  private _fail(error: unknown): void {
    this._message.replaceChildren(drawError(NbvcError.from(error), this._options.trans));
    // Without conflicts there is nothing to save.
    this._bar.hidden = !this._deciding;
    this._setState('error');
  }

  private _setState(state: 'loading' | 'ready' | 'saving' | 'saved' | 'error'): void {
    this.node.dataset.nbvcState = state;
    this.node.setAttribute('aria-busy', String(state === 'loading' || state === 'saving'));
  }
}
