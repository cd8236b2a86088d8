/** Decisions on the conflicts of a notebook, with undo; independent of the page. */
import { asUntrustedNotebook } from '../live/entering';
import type { IConflict } from '../server/contract';
import type { ICell, INotebook } from '../shared/notebook';
import { joinLines } from '../shared/notebook';
import type { HunkChoice, IEdit, IPiece } from './pieces';
import { choosePiece, createPieces, editPieces, isDecided, joinText } from './pieces';

export type Choice = HunkChoice;
type Side = Exclude<Choice, 'edited'>;

/** What a cell in conflict becomes. */
export interface IDecision {
  /** The choice for the whole cell; null if its hunks differ or wait for one. */
  choice: Choice | null;
  /** The pieces of the source; null if the cell is deleted. */
  pieces: readonly IPiece[] | null;
  /** The cell that the source goes into. */
  cell: ICell;
}

type Decisions = ReadonlyMap<number, IDecision>;

export class Deciding {
  private _now: Decisions;
  private readonly _past: Decisions[] = [];
  /** The cell that was typed into last; -1 after anything else. */
  private _typing = -1;

  constructor(
    readonly notebook: INotebook,
    readonly conflicts: readonly IConflict[],
    private readonly _reruns: readonly number[] = []
  ) {
    this._now = new Map(
      conflicts.map(({ index, chunks }) => [
        index,
        { choice: null, pieces: createPieces(chunks), cell: notebook.cells[index] }
      ])
    );
  }

  get canUndo(): boolean {
    return this._past.length > 0;
  }

  /** How many conflicts are unresolved. */
  get left(): number {
    return this.conflicts.filter(({ index }) => !this.isDecided(index)).length;
  }

  decision(index: number): IDecision {
    const found = this._now.get(index);
    if (!found) {
      throw new Error(`cell ${index} has no conflict`);
    }
    return found;
  }

  isDecided(index: number): boolean {
    const { choice, pieces } = this.decision(index);
    return choice !== null || (pieces !== null && isDecided(pieces));
  }

  /** Return the text of a cell without the hunks that wait for a decision; null if it is deleted. */
  source(index: number): string | null {
    const { pieces } = this.decision(index);
    return pieces && joinText(pieces);
  }

  /** Return whether the cell will have outputs; null if it can't have any. */
  hasOutputs(index: number): boolean | null {
    const { cell, pieces } = this.decision(index);
    return pieces && cell.cell_type === 'code' ? Boolean(cell.outputs?.length) : null;
  }

  /** How many cells need a rerun: outputs of a side are not in the result. */
  get reruns(): number {
    return this._reruns.filter(
      index => !this._now.has(index) || this.hasOutputs(index) === false
    ).length;
  }

  /** Choose a side for a whole cell. */
  choose(conflict: IConflict, choice: Side): void {
    const { index, chunks } = conflict;
    const [cell] = choice === 'both' ? [this.notebook.cells[index]] : (conflict[choice] ?? []);
    const pieces = cell ? choosePiece(createPieces(chunks), choice) : null;
    const whole = { text: joinLines(cell?.source) };
    this._set(index, {
      choice,
      // A cell before both changed it may differ outside of the hunks, too.
      pieces: pieces && (choice === 'base' || !conflict.hunks) ? [whole] : pieces,
      cell: cell ?? this.notebook.cells[index]
    });
  }

  /** Choose a side for one hunk, given by its place among the pieces. */
  chooseHunk(index: number, at: number, choice: Side): void {
    const { pieces, cell } = this.decision(index);
    this._set(index, { choice: null, pieces: choosePiece(pieces ?? [], choice, at), cell });
  }

  /** Apply what was typed; undo takes back all typing in a cell at once. */
  edit(index: number, edits: readonly IEdit[]): void {
    const { pieces, cell, choice } = this.decision(index);
    const edited = editPieces(pieces ?? [], edits);
    const decision = {
      choice: isDecided(edited) ? ('edited' as const) : null,
      pieces: edited,
      cell
    };
    if (choice === 'edited' || (choice === null && this._typing === index)) {
      this._now = new Map(this._now).set(index, decision);
    } else {
      this._set(index, decision);
    }
    this._typing = index;
  }

  undo(): void {
    this._now = this._past.pop() ?? this._now;
    this._typing = -1;
  }

  /** Return the notebook with the decisions. */
  result(): INotebook {
    const cells = this.notebook.cells.flatMap((cell, index) => {
      const decision = this._now.get(index);
      if (!decision) {
        return [cell];
      }
      const { pieces } = decision;
      return pieces ? [{ ...decision.cell, source: joinText(pieces) }] : [];
    });
    return asUntrustedNotebook({ ...this.notebook, cells });
  }

  private _set(index: number, decision: IDecision): void {
    this._past.push(this._now);
    this._now = new Map(this._now).set(index, decision);
    this._typing = -1;
  }
}

/** Return whether a source has markers of a conflict. */
export function isMarked(source: string): boolean {
  return /^<{7,}( |$)/m.test(source) && /^>{7,}( |$)/m.test(source);
}
