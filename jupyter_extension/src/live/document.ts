import type { ISharedNotebook } from '@jupyter/ydoc';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookModel, INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import { withoutPictures } from '../shared/bundle';
import { NbvcError } from '../shared/error';
import type { ICell } from '../shared/notebook';
import type { IWanted } from './cells';
import { applyCells, copyCells, insertCell } from './cells';
import { isSame } from './entering';
import { isEdited } from './saved';

/** Drives whose files are those on the server's disk. */
const ON_DISK = ['', 'RTC'];

/** Return the path that the server knows, without the name of a drive. */
export function serverPath(contents: Contents.IManager, path: string): string {
  const drive = contents.driveName(path);
  if (!ON_DISK.includes(drive)) {
    throw new NbvcError(
      `This notebook is on the drive “${drive}”, not on the Jupyter server’s disk.`,
      'Versions are kept for notebooks on the disk of the server.',
      'other-drive'
    );
  }
  return contents.localPath(path);
}

type Metadata = Record<string, unknown>;

/** An edit of an open notebook that can be undone. */
export interface IApplied {
  /** Return whether the notebook is still as it became. */
  isCurrent(): boolean;
  /** Restore exactly what was there before. */
  undo(): void;
}

/** A notebook that is open in an editor. */
export class LiveNotebook {
  /** Raises `NbvcError` for a notebook that is not on the server's disk. */
  constructor(
    readonly panel: NotebookPanel,
    private readonly _contents: Contents.IManager
  ) {
    serverPath(_contents, panel.context.path);
  }

  /** The path that the server knows; another one after a rename. */
  get path(): string {
    return serverPath(this._contents, this.context.path);
  }

  get context(): DocumentRegistry.IContext<INotebookModel> {
    return this.panel.context;
  }

  get model(): INotebookModel {
    const model = this.panel.content.model;
    if (!model) {
      throw new NbvcError('The notebook is still loading.', 'Try again in a moment.');
    }
    return model;
  }

  get shared(): ISharedNotebook {
    return this.model.sharedModel;
  }

  /** Whether there are changes that the file lacks. With collaboration the server saves. */
  get edited(): boolean {
    return !this.collaborative && isEdited(this.context);
  }

  get disposed(): boolean {
    return this.panel.isDisposed;
  }

  get collaborative(): boolean {
    return Boolean((this.model as { collaborative?: boolean }).collaborative);
  }

  toJSON(): unknown {
    return this.model.toJSON();
  }

  async save(): Promise<void> {
    if (this.edited || this.collaborative) {
      await this.context.save();
    }
  }

  /** Return all that a person can type, to find out whether somebody did. */
  state(): string {
    return JSON.stringify(this.cells());
  }

  cells(): IWanted[] {
    return copyCells(this.shared);
  }

  /** Return the metadata of the notebook as they are. */
  metadata(): Metadata {
    return this.shared.getMetadata() as Metadata;
  }

  /** Make the cells, and the metadata if there are any, what is wanted, in one step of undo. */
  apply(wanted: readonly IWanted[], metadata?: Metadata): IApplied {
    const was = { cells: this.cells(), metadata: this.metadata() };
    this._closeStep();
    applyCells(this.shared, wanted);
    this._setMetadata(metadata);
    this._closeStep();
    const now = this.cells();
    return {
      isCurrent: () => !this.disposed && this._has(now),
      undo: () => {
        if (!this._has(was.cells)) {
          // The model's own undo brings back the very outputs, and what this user trusted in them.
          this.shared.undo();
        }
        if (!this._has(was.cells)) {
          applyCells(this.shared, was.cells);
        }
        this._setMetadata(metadata && was.metadata);
      }
    };
  }

  /** Insert a cell of a version; one undo takes it away. */
  insert(at: number, cell: ICell): void {
    this._closeStep();
    insertCell(this.shared, at, cell);
  }

  private _has(cells: readonly IWanted[]): boolean {
    return isSame(withoutPictures(this.cells()), withoutPictures(cells));
  }

  private _setMetadata(metadata: Metadata | undefined): void {
    if (metadata) {
      (this.shared as { setMetadata(value: unknown): void }).setMetadata(metadata);
    }
  }

  /** End a step of undo: Jupyter joins edits that are less than half a second apart. */
  private _closeStep(): void {
    const { undoManager } = this.shared as { undoManager?: { stopCapturing(): void } };
    undoManager?.stopCapturing();
  }
}

/** Return the editor of a path, null if there is none. */
export function findLive(
  tracker: INotebookTracker | null,
  contents: Contents.IManager,
  path: string
): LiveNotebook | null {
  const panel = tracker?.find(candidate => contents.localPath(candidate.context.path) === path);
  return panel ? new LiveNotebook(panel, contents) : null;
}
