/** The changed files of a repository, with a check box for each. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { describeFile, isQuiet } from '../project/words';
import type { IProject, IProjectFile } from '../server/contract';
import { h } from '../shared/dom';

export interface IFileActs {
  open: (file: IProjectFile) => void;
  discard: (file: IProjectFile) => void;
  changed: () => void;
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
  /** What a person chose, by name; the others are ticked if they are open. */
  private readonly _chosen = new Map<string, boolean>();

  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _acts: IFileActs
  ) {
    this._all = h('input', {
      type: 'checkbox',
      class: 'nbvc-Files-all',
      'aria-label': _trans.__('All changed files')
    });
    this._all.addEventListener('change', () => {
      this._files.forEach(file => this._chosen.set(file.name, this._all.checked));
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

  show(project: IProject, front: IProjectFile | null, unsaved: IProjectFile | null): void {
    this._files = unsaved ? [unsaved, ...project.files] : project.files;
    this._front = unsaved?.name ?? front?.name ?? null;
    this._isFirst = project.head === null;
    this._isRunning = project.running !== null;
    this._more.hidden = !project.more;
    this._more.textContent = project.more
      ? this._trans.__('and %1 more files', project.more)
      : '';
    this._draw();
  }

  /** Tick these files too, and those alone that are named. */
  tick(names: readonly string[]): void {
    this._files.forEach(file => this._chosen.set(file.name, names.includes(file.name)));
    this._draw();
  }

  /** Forget what was chosen: it is committed. */
  forget(): void {
    this._chosen.clear();
  }

  private _isTicked(file: IProjectFile): boolean {
    const isOwn = file.name === this._front && !isQuiet(file);
    const isBegun = this._isFirst && file.name === '.gitignore';
    return this._chosen.get(file.name) ?? (isOwn || isBegun);
  }

  private _draw(): void {
    const { _trans: trans } = this;
    const { count } = this;
    this._title.textContent = count
      ? trans._n('%1 changed file', '%1 changed files', count)
      : trans.__('No changed files');
    this._all.parentElement?.classList.toggle('nbvc-mod-none', !count || this._isRunning);
    const ticked = this.ticked.length;
    this._all.checked = ticked > 0 && ticked === count;
    this._all.indeterminate = ticked > 0 && ticked < count;
    const focused = document.activeElement?.getAttribute('data-nbvc-key');
    this._rows.replaceChildren(...this._files.map(file => this._drawRow(file)));
    if (focused) {
      this._rows.querySelector<HTMLElement>(`[data-nbvc-key=${CSS.escape(focused)}]`)?.focus();
    }
    this._acts.changed();
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
      open
    );
    if (!this._isRunning && file.path !== null) {
      row.append(this._drawDiscard(file));
    }
    return row;
  }

  private _drawTick(file: IProjectFile): HTMLElement {
    const box = h('input', {
      type: 'checkbox',
      class: 'nbvc-File-tick',
      'aria-label': this._trans.__('Commit %1', file.name),
      'data-nbvc-key': `tick ${file.name}`
    });
    box.checked = this._isTicked(file);
    box.addEventListener('change', () => {
      this._chosen.set(file.name, box.checked);
      this._draw();
    });
    return box;
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
