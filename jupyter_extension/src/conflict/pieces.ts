/**
 * The source of a cell in conflict, in pieces: what is settled, and hunks that each side has its own way.
 *
 *     x = 1           settled
 *     [mine|theirs]   a hunk, of no lines until it is decided
 *     z = 3           settled
 *
 * An editor shows the pieces as one text without markers. Each piece has lines with their ends; the
 * text has no end of line after the last one.
 */
import type { Chunk, IDisputed } from '../server/contract';

export type HunkChoice = 'local' | 'remote' | 'both' | 'base' | 'edited';

export interface IPiece {
  text: string;
  /** The hunk, absent for what is settled. */
  hunk?: IDisputed;
  /** Absent while the hunk is undecided. */
  choice?: HunkChoice;
}

export function createPieces(chunks: readonly Chunk[]): IPiece[] {
  return chunks.map(chunk =>
    'lines' in chunk ? { text: formatLines(chunk.lines) } : { text: '', hunk: chunk }
  );
}

/** Return whether every hunk is decided. */
export function isDecided(pieces: readonly IPiece[]): boolean {
  return pieces.every(piece => !piece.hunk || piece.choice !== undefined);
}

export function joinText(pieces: readonly IPiece[]): string {
  return joinWhole(pieces).replace(/\n$/, '');
}

/** Return the pieces with a choice for one hunk, or for all of them. */
export function choosePiece(
  pieces: readonly IPiece[],
  choice: Exclude<HunkChoice, 'edited'>,
  at?: number
): IPiece[] {
  return pieces.map((piece, index) =>
    piece.hunk && (at === undefined || at === index)
      ? { ...piece, choice, text: formatLines(chooseLines(piece.hunk, choice)) }
      : // Whoever joined two lines by hand has no end of line before the hunk.
        { ...piece, text: piece.text && piece.text.replace(/\n?$/, '\n') }
  );
}

/** A change of the joined text: what was at `from` to `to` became `text`. */
export interface IEdit {
  from: number;
  to: number;
  text: string;
}

/**
 * Return the pieces after edits, given in rising order of their places before.
 *
 * What is typed at the place of an undecided hunk, or over it, decides that hunk.
 */
export function editPieces(pieces: readonly IPiece[], edits: readonly IEdit[]): IPiece[] {
  const before = joinText(pieces);
  const after = applyEdits(before, edits);
  const bounds = [0];
  pieces.forEach(piece => bounds.push(bounds[bounds.length - 1] + piece.text.length));
  const places = bounds.map((bound, at) => {
    // What is typed between two pieces is the first one's, unless the second one waits for a text.
    const behind = !(at < pieces.length && isOpen(pieces[at]));
    const mapped = mapPlace(Math.min(bound, before.length), edits, edit =>
      behind ? true : !isForHunk(edit, before)
    );
    return at === 0 ? 0 : at === pieces.length ? after.length : mapped;
  });
  const last = pieces.length - 1;
  return pieces.map((piece, at) => {
    const [start, end] = [bounds[at], bounds[at + 1]].map(one => Math.min(one, before.length));
    const isEnd = at === last || places[at + 1] === after.length;
    const own = after.slice(places[at], Math.max(places[at], places[at + 1]));
    const text = own && isEnd ? own.replace(/\n?$/, '\n') : own;
    const isTouched = edits.some(edit =>
      start === end
        ? (edit.from < start && start < edit.to) ||
          (edit.from === edit.to && edit.from === start && isForHunk(edit, before))
        : edit.from < end && edit.to > start
    );
    return piece.hunk && isTouched ? { ...piece, text, choice: 'edited' } : { ...piece, text };
  });
}

/** Return whether what is typed at the place of a hunk is for it; at the end, a new line is. */
function isForHunk({ from, text }: IEdit, before: string): boolean {
  return from < before.length || from === 0 || text.startsWith('\n');
}

function isOpen(piece: IPiece): boolean {
  return piece.hunk !== undefined && piece.choice === undefined;
}

function applyEdits(text: string, edits: readonly IEdit[]): string {
  return [...edits]
    .reverse()
    .reduce((now, one) => now.slice(0, one.from) + one.text + now.slice(one.to), text);
}

/** Return where a place is after edits, behind what is typed there if that is not for the hunk. */
function mapPlace(
  place: number,
  edits: readonly IEdit[],
  isBehind: (edit: IEdit) => boolean
): number {
  let shift = 0;
  for (const edit of edits) {
    const { from, to, text } = edit;
    if (from < place && place < to) {
      return from + shift + text.length;
    }
    if (to < place || (to === place && (from < place || isBehind(edit)))) {
      shift += text.length - (to - from);
    }
  }
  return place + shift;
}

function joinWhole(pieces: readonly IPiece[]): string {
  return pieces.map(piece => piece.text).join('');
}

/** Lines as text that ends in a line end; an empty line is one, too. */
function formatLines(lines: readonly string[]): string {
  return lines.map(line => `${line}\n`).join('');
}

function chooseLines(hunk: IDisputed, choice: Exclude<HunkChoice, 'edited'>): string[] {
  switch (choice) {
    case 'local':
      return hunk.local;
    case 'remote':
      return hunk.remote;
    case 'both':
      return [...hunk.local, ...hunk.remote];
    case 'base':
      return hunk.base ?? [];
  }
}
