/** Versions of a notebook, of which the server sends each cell once. */
import type { IVersion, IVersionContent } from '../server/contract';
import type { ICell, INotebook } from '../shared/notebook';
import { joinLines } from '../shared/notebook';

/** How many versions are kept; most of their cells are shared. */
const KEPT = 120;

/** A version whose cells are all here. */
export interface IWholeVersion extends Omit<IVersionContent, 'notebook'> {
  notebook: INotebook;
}

export type Ask = (version: IVersion, known: IVersion | null) => Promise<IVersionContent>;

export class Contents {
  private readonly _asked = new Map<string, Promise<IWholeVersion>>();
  private _last: { version: IVersion; content: IWholeVersion } | null = null;

  constructor(private readonly _ask: Ask) {}

  /** Return a version; only cells that the last one lacks travel. */
  get(version: IVersion): Promise<IWholeVersion> {
    const key = `${version.kind} ${version.id}`;
    const found = this._asked.get(key) ?? this._fetch(version);
    this._asked.delete(key);
    this._asked.set(key, found);
    found.catch(() => this._asked.delete(key));
    while (this._asked.size > KEPT) {
      this._asked.delete([...this._asked.keys()][0]);
    }
    return found;
  }

  private async _fetch(version: IVersion): Promise<IWholeVersion> {
    const known = this._last;
    const answer = await this._ask(version, known?.version ?? null);
    const content = fillCells(answer, known?.content.notebook.cells ?? []);
    this._last = { version, content };
    return content;
  }
}

/** Replace the numbers of cells by the cells that are known. */
export function fillCells(answer: IVersionContent, known: readonly ICell[]): IWholeVersion {
  const cells = answer.notebook.cells.map(cell =>
    typeof cell === 'number' ? known[cell] : cell
  );
  return { ...answer, notebook: { ...answer.notebook, cells } };
}

const keys = new WeakMap<ICell, string>();

/** Return a key that is equal for cells that look the same. */
export function findKey(cell: ICell): string {
  let key = keys.get(cell);
  if (key === undefined) {
    const { attachments = null, outputs = [] } = cell as ICell & { attachments?: unknown };
    key = `${cell.cell_type}\u0000${joinLines(cell.source)}\u0000${JSON.stringify([outputs, attachments])}`;
    keys.set(cell, key);
  }
  return key;
}

/** Return the cells of a version that no cell of an older one looks like. */
export function findNewCells(cells: readonly ICell[], old: readonly ICell[]): Set<ICell> {
  const known = new Set(old);
  const unknown = cells.filter(cell => !known.has(cell));
  const here = new Set(cells);
  const looks = new Set(unknown.length ? old.filter(cell => !here.has(cell)).map(findKey) : []);
  return new Set(unknown.filter(cell => !looks.has(findKey(cell))));
}
