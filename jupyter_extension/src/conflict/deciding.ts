/** Decisions on the conflicts of a notebook, with undo; independent of the page. */
import { asUntrustedNotebook } from '../live/entering';
import type { IConflict } from '../server/contract';
import type { ICell, INotebook } from '../shared/notebook';
import { joinLines } from '../shared/notebook';

export type Choice = 'local' | 'remote' | 'both' | 'base' | 'edited';

/** What replaces the cell in conflict; empty if the cell is deleted. */
export interface IDecision {
  choice: Choice;
  cells: ICell[];
}

type Decisions = ReadonlyMap<number, IDecision>;

export class Deciding {
  private _now: Decisions = new Map();
  private readonly _past: Decisions[] = [];

  constructor(
    readonly notebook: INotebook,
    readonly conflicts: readonly IConflict[]
  ) {}

  get canUndo(): boolean {
    return this._past.length > 0;
  }

  /** How many conflicts are unresolved. */
  get left(): number {
    return this.conflicts.filter(({ index }) => !this.isDecided(index)).length;
  }

  decision(index: number): IDecision | undefined {
    return this._now.get(index);
  }

  isDecided(index: number): boolean {
    const decision = this._now.get(index);
    return (
      decision !== undefined && !decision.cells.some(cell => isMarked(joinLines(cell.source)))
    );
  }

  /** Return the text to edit: of the chosen cells, or with the markers of the merge. */
  source(index: number): string | null {
    const cells = this._now.get(index)?.cells ?? [this.notebook.cells[index]];
    return cells.length ? cells.map(cell => joinLines(cell.source)).join('\n\n') : null;
  }

  choose(conflict: IConflict, choice: Exclude<Choice, 'edited'>): void {
    this._set(conflict.index, { choice, cells: chooseCells(this.notebook, conflict, choice) });
  }

  /** Set the source of a cell; undo takes back all typing in it at once. */
  edit(index: number, source: string): void {
    const before = this._now.get(index);
    const cell = before?.cells[0] ?? this.notebook.cells[index];
    const decision: IDecision = { choice: 'edited', cells: [{ ...cell, source }] };
    if (before?.choice === 'edited') {
      this._now = new Map(this._now).set(index, decision);
    } else {
      this._set(index, decision);
    }
  }

  undo(): void {
    this._now = this._past.pop() ?? this._now;
  }

  /** Return the notebook with the decisions. */
  result(): INotebook {
    const cells = this.notebook.cells.flatMap(
      (cell, index) => this._now.get(index)?.cells ?? [cell]
    );
    return asUntrustedNotebook({ ...this.notebook, cells });
  }

  private _set(index: number, decision: IDecision): void {
    this._past.push(this._now);
    this._now = new Map(this._now).set(index, decision);
  }
}

/** Return whether a source has markers of a conflict. */
export function isMarked(source: string): boolean {
  return /^<{7,}( |$)/m.test(source) && /^>{7,}( |$)/m.test(source);
}

function chooseCells(
  notebook: INotebook,
  conflict: IConflict,
  choice: Exclude<Choice, 'edited'>
): ICell[] {
  switch (choice) {
    case 'local':
      return conflict.local;
    case 'remote':
      return conflict.remote;
    case 'base':
      return conflict.base ?? [];
    case 'both': {
      const pieces = conflict.chunks.flatMap(chunk =>
        'lines' in chunk ? chunk.lines : [...chunk.local, ...chunk.remote]
      );
      return [{ ...notebook.cells[conflict.index], source: pieces.join('\n') }];
    }
  }
}
