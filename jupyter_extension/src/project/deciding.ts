/** Decisions on the conflicts of a text, block by block. */
import type { Chunk, IDisputed } from '../server/contract';

export type TextChoice = 'local' | 'remote' | 'both' | 'edited';

export interface IDecision {
  choice: TextChoice;
  lines: readonly string[];
}

export function isDisputed(chunk: Chunk): chunk is IDisputed {
  return 'local' in chunk;
}

/** The decisions so far; each step can be undone. */
export class TextDeciding {
  private _decisions = new Map<number, IDecision>();
  private readonly _steps: Map<number, IDecision>[] = [];

  /** `own` is the side of the user, which comes first if both stay. */
  constructor(
    readonly chunks: readonly Chunk[],
    private readonly _own: 'local' | 'remote'
  ) {}

  get left(): number {
    return this.chunks.filter((chunk, at) => isDisputed(chunk) && !this._decisions.has(at))
      .length;
  }

  get canUndo(): boolean {
    return this._steps.length > 0;
  }

  decision(at: number): IDecision | null {
    return this._decisions.get(at) ?? null;
  }

  choose(at: number, choice: Exclude<TextChoice, 'edited'>): void {
    const chunk = this.chunks[at];
    if (isDisputed(chunk)) {
      this._set(at, { choice, lines: this._join(chunk, choice) });
    }
  }

  edit(at: number, text: string): void {
    this._set(at, { choice: 'edited', lines: text === '' ? [] : text.split('\n') });
  }

  undo(): void {
    this._decisions = this._steps.pop() ?? this._decisions;
  }

  /** The whole text; call it once nothing is left. */
  result(): string {
    return this.chunks
      .flatMap((chunk, at) =>
        isDisputed(chunk) ? (this._decisions.get(at)?.lines ?? []) : chunk.lines
      )
      .join('\n');
  }

  private _set(at: number, decision: IDecision): void {
    this._steps.push(this._decisions);
    this._decisions = new Map(this._decisions).set(at, decision);
  }

  private _join(chunk: IDisputed, choice: Exclude<TextChoice, 'edited'>): string[] {
    const [first, second] =
      this._own === 'local' ? [chunk.local, chunk.remote] : [chunk.remote, chunk.local];
    return choice === 'both' ? [...first, ...second] : chunk[choice];
  }
}
