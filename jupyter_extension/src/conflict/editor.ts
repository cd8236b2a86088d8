/** The text that a cell in conflict becomes, in the notebook's own editor; hunks are blocks in it. */
import type { Extension } from '@codemirror/state';
import { StateEffect, StateField } from '@codemirror/state';
import type { DecorationSet } from '@codemirror/view';
import { Decoration, EditorView, WidgetType } from '@codemirror/view';
import { CodeEditor, type IEditorServices } from '@jupyterlab/codeeditor';
import type { CodeMirrorEditor } from '@jupyterlab/codemirror';
import { h } from '../shared/dom';
import type { IEdit, IPiece } from './pieces';
import { joinText } from './pieces';

export interface IResultOptions {
  services: IEditorServices;
  mimetype: string;
  label: string;
  edit: (edits: IEdit[]) => void;
  /** Draw the block of a hunk, given by its place among the pieces. */
  drawHunk: (at: number, piece: IPiece) => HTMLElement;
}

interface IBlock {
  /** Offset in the text. */
  at: number;
  piece: number;
  choice: string;
}

export class ResultEditor {
  readonly node = h('div', { class: 'nbvc-Conflict-editor' });
  private readonly _model: CodeEditor.Model;
  private readonly _editor: CodeEditor.IEditor;
  private readonly _setBlocks = StateEffect.define<readonly IBlock[]>();
  private _pieces: readonly IPiece[] = [];
  private _isSetting = false;

  constructor(private readonly _options: IResultOptions) {
    const { services, mimetype, label } = _options;
    this._model = new CodeEditor.Model({ mimeType: mimetype });
    this._editor = services.factoryService.newInlineEditor({
      host: this.node,
      model: this._model,
      config: { lineWrap: true }
    });
    const editor = this._editor as CodeMirrorEditor;
    editor.injectExtension(this._createExtension(label));
    this._view = editor.editor;
  }

  private readonly _view: EditorView;

  /** Show pieces: their text, and a block for each hunk. */
  show(pieces: readonly IPiece[]): void {
    this._pieces = pieces;
    const text = joinText(pieces);
    if (this._model.sharedModel.getSource() !== text) {
      this._isSetting = true;
      try {
        this._model.sharedModel.setSource(text);
      } finally {
        this._isSetting = false;
      }
    }
    let at = 0;
    const blocks = pieces.flatMap((piece, index) => {
      const place = Math.min(at, text.length);
      at += piece.text.length;
      return piece.hunk ? [{ at: place, piece: index, choice: piece.choice ?? '' }] : [];
    });
    this._view.dispatch({ effects: this._setBlocks.of(blocks) });
  }

  dispose(): void {
    this._editor.dispose();
    this._model.dispose();
  }

  private _createExtension(label: string): Extension {
    const draw = (block: IBlock): HTMLElement =>
      this._options.drawHunk(block.piece, this._pieces[block.piece]);
    const blocks = StateField.define<DecorationSet>({
      create: () => Decoration.none,
      update: (value, transaction) => {
        const [effect] = transaction.effects.filter(one => one.is(this._setBlocks));
        if (!effect) {
          return value.map(transaction.changes);
        }
        const length = transaction.newDoc.length;
        return Decoration.set(
          (effect.value as readonly IBlock[]).map(block =>
            Decoration.widget({
              widget: new HunkWidget(block, draw),
              block: true,
              side: block.at === length && length > 0 ? 1 : -1
            }).range(block.at)
          )
        );
      },
      provide: field => EditorView.decorations.from(field)
    });
    return [
      blocks,
      EditorView.contentAttributes.of({
        'aria-label': label,
        'aria-multiline': 'true',
        class: 'nbvc-Conflict-result'
      }),
      EditorView.updateListener.of(update => {
        if (update.docChanged && !this._isSetting) {
          const edits: IEdit[] = [];
          update.changes.iterChanges((from, to, _fromNew, _toNew, inserted) =>
            edits.push({ from, to, text: inserted.toString() })
          );
          // The editor is in the middle of an update.
          void Promise.resolve().then(() => this._options.edit(edits));
        }
      })
    ];
  }
}

class HunkWidget extends WidgetType {
  constructor(
    private readonly _block: IBlock,
    private readonly _draw: (block: IBlock) => HTMLElement
  ) {
    super();
  }

  override eq(other: HunkWidget): boolean {
    const [a, b] = [this._block, other._block];
    return a.piece === b.piece && a.choice === b.choice;
  }

  toDOM(): HTMLElement {
    return this._draw(this._block);
  }

  override ignoreEvent(): boolean {
    return true;
  }
}
