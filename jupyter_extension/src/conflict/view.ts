/** The conflicts of a notebook, one below the other: mine, theirs, both, or what is typed. */
import type { Extension } from '@codemirror/state';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { TranslationBundle } from '@jupyterlab/translation';
import { compareLines } from '../diff/text';
import { loadLanguage } from '../drawing/languages';
import { Drawn } from '../drawing/outputs';
import { formatSentence } from '../drawing/problem';
import { drawCode, drawPair } from '../drawing/source';
import { DecidingView } from '../project/decidingview';
import type { IConflict, IConflicts, IDeletion } from '../server/contract';
import { createButton, h } from '../shared/dom';
import type { ICell, INotebook } from '../shared/notebook';
import { findMimetype, joinLines } from '../shared/notebook';
import type { Choice } from './deciding';
import { Deciding } from './deciding';
import { ResultEditor } from './editor';
import type { IPiece } from './pieces';

export interface IConflictOptions {
  trans: TranslationBundle;
  languages: IEditorLanguageRegistry | null;
  editors: IEditorServices | null;
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

function joinSide(cells: readonly ICell[]): string {
  return cells.map(cell => joinLines(cell.source)).join('\n\n');
}

export class ConflictView extends DecidingView<Deciding> {
  private readonly _drawn = new Drawn();
  private _digest = '';
  private _language: Extension = [];
  private _mimetype = 'text/plain';

  constructor(private readonly _options: IConflictOptions) {
    super(_options.trans);
    this.showDecided();
  }

  async load(): Promise<void> {
    const { trans } = this;
    const { languages } = this._options;
    try {
      const found = await this._options.load();
      this._mimetype = findMimetype(found.notebook);
      this._language = await loadLanguage(languages, this._mimetype);
      this._digest = found.digest;
      this.deciding = new Deciding(found.notebook, found.conflicts, found.reruns);
      this.list.replaceChildren(
        ...found.conflicts.map(conflict => this._drawConflict(conflict))
      );
      if (found.deleted) {
        this.list.prepend(this._drawDeletion(found.deleted));
      }
      if (!found.conflicts.length && found.kind === 'none') {
        this.list.replaceChildren(
          h('p', { class: 'nbvc-Page-same' }, trans.__('This notebook has no conflicts.'))
        );
      }
      this.save.hidden = found.deleted !== null || (found.kind === 'none' && !found.unmerged);
      this.left.hidden = found.deleted !== null;
      this.showDecided();
      this.setState('ready');
    } catch (error) {
      this.fail(error);
    }
  }

  override dispose(): void {
    this._drawn.dispose();
    super.dispose();
  }

  /** Ask whether a notebook stays that one side deleted and the other changed. */
  private _drawDeletion({ by, own, reason }: IDeletion): HTMLElement {
    const { trans } = this;
    const keep = createButton(
      by === own
        ? trans.__('Keep theirs: keep the notebook')
        : trans.__('Keep mine: keep the notebook'),
      'nbvc-Conflicts-keep',
      () => void this.saveDecided()
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
    const { trans } = this;
    const { index, labels } = conflict;
    const name = trans.__('Conflict in cell %1', index + 1);
    const editor = this._drawEditor(conflict);
    const gone = h('p', { class: 'nbvc-Muted' }, trans.__('The cell is deleted.'));
    const outputs = h('p', { class: 'nbvc-Muted nbvc-Conflict-outputs' });
    const choices = this._drawChoices(conflict);
    const badge = h('span', { class: 'nbvc-Badge' });
    const sides = h('div', { class: 'nbvc-Source nbvc-mod-pair' });
    const base = this._drawBase(conflict);
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
        h('span', { class: 'nbvc-Row-place' }, formatSentence(conflict.reason)),
        h('span', { class: 'nbvc-Spacer' }),
        base?.button
      ),
      h(
        'div',
        { class: 'nbvc-Conflict-labels' },
        h('span', {}, nameSide(this._nameOwner(conflict, 'local'), labels.local)),
        h('span', {}, nameSide(this._nameOwner(conflict, 'remote'), labels.remote))
      ),
      base?.node,
      sides,
      h('div', { class: 'nbvc-Conflict-choices' }, ...choices.map(([, choice]) => choice)),
      editor?.node,
      gone,
      outputs
    );
    // Several hunks have their sides each at its place in the text.
    if (conflict.hunks < 2) {
      this._drawSides(
        sides,
        conflict,
        joinSide(conflict.local),
        joinSide(conflict.remote),
        this._drawn
      );
    }
    this.updates.push(() => {
      const deciding = this.deciding;
      if (!deciding) {
        return;
      }
      const { pieces, choice: chosen } = deciding.decision(index);
      const decided = deciding.isDecided(index);
      if (editor) {
        editor.node.hidden = pieces === null;
        editor.show(pieces ?? []);
      }
      gone.hidden = pieces !== null;
      outputs.hidden = !decided || deciding.hasOutputs(index) !== false;
      outputs.textContent = trans.__('Its outputs will be empty: run the cell again.');
      badge.textContent = decided ? trans.__('decided') : trans.__('open');
      badge.dataset.nbvcMark = decided ? 'added' : 'removed';
      node.dataset.nbvcDecided = String(decided);
      for (const [choice, one] of choices) {
        one.setAttribute('aria-pressed', String(choice === chosen));
      }
    });
    return node;
  }

  private _drawEditor(conflict: IConflict): ResultEditor | null {
    const { trans, editors } = this._options;
    const { index } = conflict;
    if (!editors) {
      return null;
    }
    const cell = this.deciding?.notebook.cells[index];
    return this._drawn.add(
      new ResultEditor({
        services: editors,
        mimetype: cell?.cell_type === 'code' ? this._mimetype : 'text/x-ipythongfm',
        label: trans.__('What cell %1 becomes', index + 1),
        edit: edits => {
          this.deciding?.edit(index, edits);
          this.showDecided();
        },
        drawHunk: (at, piece) => this._drawHunk(conflict, at, piece)
      })
    );
  }

  /** Draw the block of a hunk: both sides while it is undecided, and what can be kept. */
  private _drawHunk(conflict: IConflict, at: number, piece: IPiece): HTMLElement {
    const { trans } = this;
    const { hunk, choice } = piece;
    const node = h('div', { class: 'nbvc-Hunk', 'data-nbvc-choice': choice ?? 'none' });
    if (!hunk || conflict.hunks < 2) {
      if (!choice) {
        node.append(trans.__('⟵ Here is the conflict: choose above, or type.'));
      }
      return node;
    }
    if (!choice) {
      const sides = h('div', { class: 'nbvc-Source nbvc-mod-pair' });
      const [local, remote] = [hunk.local.join('\n'), hunk.remote.join('\n')];
      this._drawSides(sides, conflict, local, remote, this._drawn);
      node.append(sides);
    }
    const [mine, theirs] = [trans.__('Mine'), trans.__('Theirs')];
    const isLocal = conflict.own === 'local';
    const offers: [Exclude<Choice, 'edited'>, string][] = [
      ['local', isLocal ? mine : theirs],
      ['remote', isLocal ? theirs : mine],
      ['both', trans.__('Both')],
      ...(hunk.base
        ? [['base', trans.__('Neither')] as [Exclude<Choice, 'edited'>, string]]
        : [])
    ];
    const buttons = offers.map(([side, label]) => {
      const button = createButton(label, 'nbvc-Toggle nbvc-Hunk-choice', () => {
        this.deciding?.chooseHunk(conflict.index, at, side);
        this.showDecided();
      });
      button.setAttribute('aria-pressed', String(choice === side));
      return button;
    });
    const said = choice === 'edited' ? trans.__('as typed') : '';
    node.append(h('div', { class: 'nbvc-Hunk-bar' }, ...buttons, said));
    return node;
  }

  /** Draw what the cell was before both sides changed it, shown on demand. */
  private _drawBase(
    conflict: IConflict
  ): { button: HTMLButtonElement; node: HTMLElement } | null {
    const { trans } = this;
    const base = conflict.base;
    if (!base?.length) {
      return null;
    }
    const node = h('div', { class: 'nbvc-Source nbvc-Conflict-base', hidden: true });
    const button = createButton(
      trans.__('Show base'),
      'nbvc-Toggle',
      () => {
        node.hidden = !node.hidden;
        button.setAttribute('aria-pressed', String(!node.hidden));
        if (!node.hidden && !node.hasChildNodes()) {
          const label = trans.__('Before both sides changed it');
          node.append(h('div', { class: 'nbvc-Muted' }, label));
          const language = base[0].cell_type === 'code' ? this._language : [];
          this._drawn.add(drawCode(node, { text: joinSide(base), label, language, cuts: [] }));
        }
      },
      trans.__('The cell as it was before either of the two changed it')
    );
    button.setAttribute('aria-pressed', 'false');
    return { button, node };
  }

  private _nameOwner(conflict: IConflict, side: 'local' | 'remote'): string {
    const { trans } = this;
    return side === conflict.own ? trans.__('Mine') : trans.__('Theirs');
  }

  private _drawChoices(conflict: IConflict): [Choice, HTMLButtonElement][] {
    const { trans } = this;
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
            this.deciding?.choose(conflict, choice);
            this.showDecided();
          },
          choice === 'base' ? trans.__('As it was before either of the two changed it') : ''
        )
      ]);
  }

  private _drawSides(
    host: HTMLElement,
    conflict: IConflict,
    local: string,
    remote: string,
    drawn: Drawn
  ): void {
    const side = (source: string, label: string) => ({
      text: source,
      label,
      language:
        (conflict.local[0] ?? conflict.remote[0])?.cell_type === 'code' ? this._language : [],
      cuts: []
    });
    try {
      drawn.add(
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

  protected override async saveAll(deciding: Deciding): Promise<void> {
    const { trans } = this;
    const { reruns } = deciding;
    await this._finish(async () => {
      const said = await this._options.save(deciding.result(), this._digest, deciding.notebook);
      const text = trans._n('%1 cell needs a rerun.', '%1 cells need a rerun.', reruns);
      return reruns ? `${said} ${text}` : said;
    });
  }

  private async _finish(act: () => Promise<string>): Promise<void> {
    await this.finish(async () => {
      const text = await act();
      const open = createButton(this.trans.__('Open the notebook'), '', () =>
        this._options.open()
      );
      return { text, next: [...(await this._options.next()), open] };
    });
  }

  protected override hideBar(): void {
    this.undo.hidden = this.save.hidden = true;
  }
}
