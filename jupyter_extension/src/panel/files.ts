/** The changed files of a repository, and the changed cells of notebooks, with a box for each. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { CellList } from '../commit/cells';
import type { Extent } from '../commit/choice';
import { CellChoice } from '../commit/choice';
import { describeFile, isQuiet } from '../project/words';
import type { ICellChange, IChangedCells, IProject, IProjectFile } from '../server/contract';
import { createCheckBox, h } from '../shared/dom';
import { NbvcError } from '../shared/error';

export interface IFileActs {
  open: (file: IProjectFile) => void;
  discard: (file: IProjectFile) => void;
  changed: () => void;
  /** List the changed cells of a notebook. */
  list: (file: IProjectFile) => Promise<IChangedCells>;
  discardChange: (file: IProjectFile, cell: ICellChange | null) => void;
  unstage: (file: IProjectFile, state: string, cells: number[], notebook: boolean) => void;
}

/** What is chosen of a file; `byDefault` counts as long as nothing is. */
interface IFileChoice {
  choice: CellChoice;
  byDefault: boolean;
  extent: Extent;
  isWhole: boolean;
}

/** What is shown of a file, and chosen; it stays while the list of files is drawn anew. */
class FileState {
  readonly choice = new CellChoice();
  /** Whether its cells are shown; null until somebody chose. */
  isOpen: boolean | null = null;
  cells: CellList | null = null;
  /** Counts the requests for its cells: the answer of the newest counts. */
  asked = 0;
}

export class FileList {
  readonly node: HTMLElement;
  private readonly _all: HTMLInputElement;
  private readonly _title = h('span', { class: 'nbvc-Files-title' });
  private readonly _rows = h('ul', { class: 'nbvc-Files-rows' });
  private readonly _more = h('p', { class: 'nbvc-Muted nbvc-Files-more' });
  private _files: readonly IProjectFile[] = [];
  private _front: string | null = null;
  private _isFirst = false;
  private _isRunning = false;
  private readonly _states = new Map<string, FileState>();
  private _top = '';

  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _acts: IFileActs
  ) {
    this._all = createCheckBox(_trans.__('All changed files'), 'nbvc-Files-all', isTicked => {
      this._files.forEach(file => this._choice(file).setAll(isTicked));
      this._draw();
    });
    this.node = h(
      'section',
      { class: 'nbvc-Files', 'aria-label': _trans.__('Changed files') },
      h('label', { class: 'nbvc-Files-head' }, this._all, this._title),
      this._rows,
      this._more
    );
  }

  get count(): number {
    return this._files.length;
  }

  /** The files that would be committed. */
  get ticked(): IProjectFile[] {
    return this._files.filter(file => this._isTicked(file));
  }

  /** Show the files; `isSeen` says whether somebody sees their cells. */
  show(
    project: IProject,
    front: IProjectFile | null,
    unsaved: IProjectFile | null,
    isSeen: boolean
  ): void {
    this._top = project.top;
    this._files = unsaved ? [unsaved, ...project.files] : project.files;
    this._front = unsaved?.name ?? front?.name ?? null;
    this._isFirst = project.head === null;
    this._isRunning = project.running !== null;
    this._more.hidden = !project.more;
    this._more.textContent = project.more
      ? this._trans.__('and %1 more files', project.more)
      : '';
    this._draw();
    if (isSeen) {
      this._files.filter(file => this._isOpen(file)).forEach(file => void this._load(file));
    }
  }

  /** Read the changed cells of the notebook in front again: somebody works on it. */
  refreshFront(): void {
    const file = this._files.find(one => one.name === this._front);
    if (file && this._isOpen(file)) {
      void this._load(file);
    }
  }

  /** Tick these files too, and those alone that are named. */
  tick(names: readonly string[]): void {
    this._files.forEach(file => this._choice(file).setAll(names.includes(file.name)));
    this._draw();
  }

  /** Forget what was chosen: it is committed. */
  forget(): void {
    this._states.clear();
  }

  /** Return what is chosen of a file. */
  choose(file: IProjectFile): IFileChoice {
    const isOwn = file.name === this._front && !isQuiet(file);
    const isBegun = this._isFirst && file.name === '.gitignore';
    const [choice, byDefault] = [this._choice(file), isOwn || isBegun];
    const isPartlyStaged = file.state === 'partly staged';
    const extent = choice.extent(byDefault, isPartlyStaged);
    return { choice, byDefault, extent, isWhole: choice.isWhole(byDefault, isPartlyStaged) };
  }

  private _state(file: IProjectFile): FileState {
    // Another repository may have a file of this name.
    const key = `${this._top}\n${file.name}`;
    const found = this._states.get(key) ?? new FileState();
    this._states.set(key, found);
    return found;
  }

  private _choice(file: IProjectFile): CellChoice {
    return this._state(file).choice;
  }

  private _isTicked(file: IProjectFile): boolean {
    return this.choose(file).extent !== 'none';
  }

  /** Return whether the cells of a file can be chosen. */
  private _hasCells({ name, kind, open }: IProjectFile): boolean {
    const isThere = kind === 'changed' || kind === 'renamed' || kind === 'added';
    return isThere && !open && !this._isRunning && name.endsWith('.ipynb');
  }

  private _isOpen(file: IProjectFile): boolean {
    const isOwn = file.name === this._front && file.kind !== 'added';
    return this._hasCells(file) && (this._state(file).isOpen ?? isOwn);
  }

  private async _load(file: IProjectFile): Promise<void> {
    const state = this._state(file);
    const asked = ++state.asked;
    try {
      const list = await this._acts.list(file);
      if (asked === state.asked) {
        state.cells?.show(list, this.choose(file).byDefault);
      }
    } catch (error) {
      if (asked === state.asked) {
        state.cells?.showError(NbvcError.from(error));
        this._showTicks();
      }
    }
  }

  private _draw(): void {
    const { _trans: trans } = this;
    const { count } = this;
    this._title.textContent = count
      ? trans._n('%1 changed file', '%1 changed files', count)
      : trans.__('No changed files');
    this._all.parentElement?.classList.toggle('nbvc-mod-none', !count || this._isRunning);
    const { activeElement } = document;
    const focused = this._rows.contains(activeElement)
      ? activeElement?.getAttribute('data-nbvc-key')
      : null;
    this._rows.replaceChildren(...this._files.flatMap(file => this._drawFile(file)));
    if (focused) {
      this._rows
        .querySelector<HTMLElement>(`[data-nbvc-key="${CSS.escape(focused)}"]`)
        ?.focus();
    }
    this._showTicks();
  }

  /** Let the boxes of files show how much of each is ticked. */
  private _showTicks(): void {
    const extents = this._files.map(file => this.choose(file).extent);
    this._all.checked = extents.length > 0 && extents.every(extent => extent === 'all');
    this._all.indeterminate = !this._all.checked && extents.some(extent => extent !== 'none');
    for (const box of this._rows.querySelectorAll<HTMLInputElement>('.nbvc-File-tick')) {
      const extent = extents[this._files.findIndex(file => file.name === box.dataset.nbvcTick)];
      box.checked = extent === 'all';
      box.indeterminate = extent === 'some';
    }
    this._acts.changed();
  }

  private _drawFile(file: IProjectFile): HTMLElement[] {
    const row = this._drawRow(file);
    if (!this._isOpen(file)) {
      return [row];
    }
    const state = this._state(file);
    const isNew = state.cells === null;
    state.cells ??= new CellList(
      this._trans,
      file.name,
      state.choice,
      {
        changed: () => this._showTicks(),
        discard: cell => this._acts.discardChange(file, cell),
        unstage: (cells, notebook) =>
          this._acts.unstage(file, state.choice.list?.state ?? '', cells, notebook)
      },
      false
    );
    if (!isNew) {
      state.cells.update(this.choose(file).byDefault);
    }
    return [row, h('li', { class: 'nbvc-File-cells', id: this._name(file) }, state.cells.node)];
  }

  /** The name of the part of the page that has the cells of a file. */
  private _name(file: IProjectFile): string {
    return `nbvc-cells-${this._files.indexOf(file)}`;
  }

  private _drawFold(file: IProjectFile): HTMLElement {
    if (!this._hasCells(file)) {
      return h('span', { class: 'nbvc-File-fold' });
    }
    const isOpen = this._isOpen(file);
    const label = this._trans.__('Changed cells of %1', file.name);
    const fold = h(
      'button',
      {
        type: 'button',
        class: 'nbvc-File-fold',
        title: label,
        'aria-label': label,
        'aria-expanded': String(isOpen),
        'aria-controls': isOpen && this._name(file),
        'data-nbvc-key': `fold ${file.name}`
      },
      isOpen ? '▾' : '▸'
    );
    fold.addEventListener('click', () => {
      this._state(file).isOpen = !isOpen;
      this._draw();
      if (!isOpen) {
        void this._load(file);
      }
    });
    return fold;
  }

  private _drawRow(file: IProjectFile): HTMLElement {
    const { _trans: trans } = this;
    const at = file.name.lastIndexOf('/') + 1;
    const [folder, name] = [file.name.slice(0, at), file.name.slice(at)];
    const summary = describeFile(file, trans);
    const title = file.old_name
      ? trans.__('%1, renamed from %2', file.name, file.old_name)
      : file.name;
    const open = h(
      'button',
      {
        type: 'button',
        class: 'nbvc-File-open',
        title,
        'aria-label': `${file.name}: ${summary}`,
        'data-nbvc-key': `open ${file.name}`
      },
      h('span', { class: 'nbvc-File-name' }, name),
      folder !== '' && h('span', { class: 'nbvc-File-folder' }, folder.slice(0, -1)),
      h('span', { class: 'nbvc-File-summary' }, summary)
    );
    open.addEventListener('click', () => this._acts.open(file));
    const row = h(
      'li',
      {
        class: 'nbvc-File',
        'data-nbvc-name': file.name,
        'data-nbvc-kind': file.open ? 'conflict' : file.kind
      },
      this._isRunning ? this._drawState(file) : this._drawTick(file),
      !this._isRunning && this._drawFold(file),
      open
    );
    if (!this._isRunning && file.path !== null) {
      row.append(this._drawDiscard(file));
    }
    return row;
  }

  private _drawTick(file: IProjectFile): HTMLElement {
    return createCheckBox(
      this._trans.__('Commit %1', file.name),
      'nbvc-File-tick',
      isTicked => {
        this._choice(file).setAll(isTicked);
        this._state(file).cells?.update(this.choose(file).byDefault);
        this._showTicks();
      },
      { 'data-nbvc-key': `tick ${file.name}`, 'data-nbvc-tick': file.name }
    );
  }

  /** In an operation every file goes in: a mark says whether it is resolved. */
  private _drawState(file: IProjectFile): HTMLElement {
    const label = file.open ? this._trans.__('to resolve') : this._trans.__('ready');
    return h(
      'span',
      { class: 'nbvc-File-state', role: 'img', 'aria-label': label, title: label },
      file.open ? '!' : '✓'
    );
  }

  private _drawDiscard(file: IProjectFile): HTMLElement {
    const label = this._trans.__('Discard the changes in %1', file.name);
    const button = h(
      'button',
      { type: 'button', class: 'nbvc-File-discard', title: label, 'aria-label': label },
      '↩'
    );
    button.addEventListener('click', () => this._acts.discard(file));
    return button;
  }
}
