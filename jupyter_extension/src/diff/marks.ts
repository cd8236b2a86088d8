/** What changed in the cells of an open notebook since the last commit, followed while it is edited. */

export type MarkKind = 'added' | 'changed' | 'moved' | 'outputs';

export interface ILiveCell {
  id: string;
  source: string;
}

/** A mark of the server: of the saved cell at a place, with its source in the last commit. */
export interface IMark {
  at: number;
  kind: MarkKind;
  source?: string | null;
}

/** Return the mark of each cell that has one, by its ID, given the cells as they were saved. */
export function decideMarks(
  saved: readonly ILiveCell[],
  marks: readonly IMark[],
  live: readonly ILiveCell[]
): Map<string, MarkKind> {
  const known = new Map<string, { kind: MarkKind | null; base: string | null }>(
    saved.map(({ id, source }) => [id, { kind: null, base: source }])
  );
  for (const { at, kind, source = null } of marks) {
    const cell = saved[at];
    if (cell) {
      const base = kind === 'moved' ? cell.source : source;
      known.set(cell.id, { kind, base });
    }
  }
  const found = new Map<string, MarkKind>();
  for (const { id, source } of live) {
    const { kind, base } = known.get(id) ?? { kind: 'added' as const, base: null };
    const isEdited = base !== null && base !== source;
    const stays = kind === 'changed' && base !== null ? null : kind;
    const mark = isEdited ? 'changed' : stays;
    if (mark) {
      found.set(id, mark);
    }
  }
  return found;
}
