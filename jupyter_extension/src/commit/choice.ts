/**
 * Which changed cells of a file go into a commit.
 *
 * A person's choice stays while the list is read anew: every change has a key. Of a notebook of which
 * one version is staged and another is on the disk, what is staged goes along, and nothing else
 * unless somebody ticks it.
 */
import type { IChangedCells, IPickedCells } from '../server/contract';

export type Extent = 'all' | 'some' | 'none';

/** Stands for what changed in a notebook outside of its cells. */
export const NOTEBOOK = 'notebook';

export class CellChoice {
  private readonly _cells = new Map<string, boolean>();
  private _list: IChangedCells | null = null;
  /** What was chosen for the whole file, null for nothing. */
  private _all: boolean | null = null;

  /** What is shown; null if nobody has looked into the file. */
  get list(): IChangedCells | null {
    return this._list;
  }

  show(list: IChangedCells | null): void {
    this._list = list;
  }

  /** Choose the whole file, or nothing of it. */
  setAll(isTicked: boolean): void {
    this._all = isTicked;
    this._cells.clear();
  }

  set(key: string, isTicked: boolean): void {
    this._cells.set(key, isTicked);
  }

  /** Return whether a change is ticked; `byDefault` is for a file about which nobody chose. */
  isTicked(key: string, byDefault: boolean): boolean {
    const all = this._list?.partly_staged ? this._all === true : (this._all ?? byDefault);
    return this._cells.get(key) ?? all;
  }

  /** Return how much of the file is ticked. */
  extent(byDefault: boolean, isPartlyStaged: boolean): Extent {
    const isWanted = this._all ?? byDefault;
    const keys = listKeys(this._list);
    const ticked = keys.filter(key => this.isTicked(key, byDefault)).length;
    if (this._isPartlyStaged(isPartlyStaged)) {
      const isWhole = this._list
        ? keys.length > 0 && ticked === keys.length
        : this._all === true;
      return isWhole ? 'all' : isWanted || ticked ? 'some' : 'none';
    }
    if (!keys.length) {
      return isWanted ? 'all' : 'none';
    }
    return ticked === keys.length ? 'all' : ticked ? 'some' : 'none';
  }

  /** Return whether the file is committed as it is: its cells need no names. */
  isWhole(byDefault: boolean, isPartlyStaged: boolean): boolean {
    return (
      this.extent(byDefault, isPartlyStaged) === 'all' && !this._isPartlyStaged(isPartlyStaged)
    );
  }

  /** Return what the list says, or without one what git's status says. */
  private _isPartlyStaged(status: boolean): boolean {
    return this._list?.partly_staged ?? status;
  }

  /** Return how many changes are ticked, and how many there are. */
  count(byDefault: boolean): [number, number] {
    const keys = listKeys(this._list);
    return [keys.filter(key => this.isTicked(key, byDefault)).length, keys.length];
  }

  /**
   * Return what is chosen of a list that was read after the one that is shown.
   *
   * What changed since then is not chosen, for nobody has seen it.
   */
  pick(name: string, list: IChangedCells, byDefault: boolean): IPickedCells {
    const shown = new Set(listKeys(this._list));
    const isChosen = (key: string): boolean =>
      (this._list ? shown.has(key) : this._all === true) && this.isTicked(key, byDefault);
    return {
      name,
      state: list.state,
      cells: list.cells.filter(({ key }) => isChosen(key)).map(({ entry }) => entry),
      notebook: list.notebook && isChosen(NOTEBOOK)
    };
  }
}

function listKeys(list: IChangedCells | null): string[] {
  return list
    ? [...list.cells.map(({ key }) => key), ...(list.notebook ? [NOTEBOOK] : [])]
    : [];
}
