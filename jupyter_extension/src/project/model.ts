/** The state of the repository around what is open, read on focus, on a save and after actions. */
import { PathExt } from '@jupyterlab/coreutils';
import type { FileBrowser } from '@jupyterlab/filebrowser';
import { Signal } from '@lumino/signaling';
import { findLive } from '../live/document';
import * as server from '../server/calls';
import type { IProject, IProjectFile, ProjectState } from '../server/contract';
import { NbvcError } from '../shared/error';
import { repositoryChanged } from '../shared/happened';
import type { IServices } from '../shared/services';

/** Milliseconds in which several reasons to look count as one. */
const TOGETHER = 250;
/** Milliseconds without a key after which unsaved changes are looked for. */
const TYPING = 500;

export class ProjectModel {
  readonly changed = new Signal<this, void>(this);
  /** Somebody edited the notebook in front, and pauses. */
  readonly edited = new Signal<this, void>(this);
  private _state: ProjectState | null = null;
  private _problem: NbvcError | null = null;
  private _path = '';
  private _unsaved: IProjectFile | null = null;
  private _timer = 0;
  private _typing = 0;
  private _reading: Promise<void> | null = null;
  private _isStale = false;

  constructor(private readonly _services: IServices) {
    const { app, tracker, browsers } = _services;
    const look = (): void => this.look();
    tracker?.currentChanged.connect(look);
    tracker?.widgetAdded.connect((_, panel) => {
      void panel.context.ready.then(() => {
        panel.context.model.stateChanged.connect(look);
        panel.context.model.contentChanged.connect(() => this._noteEdits());
      });
    });
    // With no notebook in front, the folder in the file browser stands for the repository.
    const follow = ({ model }: FileBrowser): void => {
      model.pathChanged.connect(() => {
        if (this._findPath() !== this._path) {
          look();
        }
      });
    };
    browsers?.tracker.forEach(follow);
    browsers?.tracker.widgetAdded.connect((_, browser) => follow(browser));
    app.serviceManager.contents.fileChanged.connect((_, change) => {
      if (change.type !== 'new' || change.newValue) {
        look();
      }
    });
    repositoryChanged.connect(look);
    window.addEventListener('focus', look);
    void app.restored.then(look);
  }

  /** The path that stands for the repository: of the notebook in front, or a folder. */
  get path(): string {
    return this._path;
  }

  get project(): IProject | null {
    return this._state && 'files' in this._state ? this._state : null;
  }

  /** Why there is no repository, and the folder in which one can be created. */
  get missing(): { reason: string; folder: string | null } | null {
    const state = this._state;
    return state && !('files' in state) ? state : null;
  }

  get problem(): NbvcError | null {
    return this._problem;
  }

  /** The file of the notebook in front, if it has changed. */
  get front(): IProjectFile | null {
    return this.project?.files.find(file => file.path === this._path) ?? null;
  }

  /** The notebook in front if its changes are in the editor alone. */
  get unsaved(): IProjectFile | null {
    return this._unsaved;
  }

  /** Look at the repository soon. */
  look(): void {
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => void this.refresh(), TOGETHER);
  }

  /** Look at the repository now, or once more if that goes on already. */
  refresh(): Promise<void> {
    this._isStale = true;
    this._reading ??= this._readAll().finally(() => {
      this._reading = null;
    });
    return this._reading;
  }

  private async _readAll(): Promise<void> {
    while (this._isStale) {
      this._isStale = false;
      await this._read();
    }
  }

  private async _read(): Promise<void> {
    const path = this._findPath();
    try {
      this._state = await server.readProject(path);
      this._problem = null;
    } catch (error) {
      this._problem = NbvcError.from(error);
    }
    this._path = path;
    this._unsaved = this._findUnsaved();
    this.changed.emit();
  }

  /** Look for unsaved changes once nobody types any more; the server is not asked. */
  private _noteEdits(): void {
    window.clearTimeout(this._typing);
    this._typing = window.setTimeout(() => {
      const unsaved = this._findUnsaved();
      if (unsaved?.name !== this._unsaved?.name) {
        this._unsaved = unsaved;
        this.changed.emit();
      }
      this.edited.emit();
    }, TYPING);
  }

  private _findUnsaved(): IProjectFile | null {
    const { app, tracker } = this._services;
    const { project } = this;
    const name = project?.asked;
    const live = findLive(tracker, app.serviceManager.contents, this._path);
    if (!name || !live?.edited || this.front) {
      return null;
    }
    return {
      name,
      path: this._path,
      kind: 'changed',
      state: 'changed',
      old_name: null,
      notebook: null,
      lines: null,
      open: false
    };
  }

  private _findPath(): string {
    const { app, tracker, browsers } = this._services;
    const { contents } = app.serviceManager;
    const front = tracker?.currentWidget?.context.path;
    if (front !== undefined && ['', 'RTC'].includes(contents.driveName(front))) {
      return contents.localPath(front);
    }
    const folder = browsers?.tracker.currentWidget?.model.path ?? '';
    return contents.driveName(folder) === ''
      ? PathExt.normalize(folder).replace(/^\.$/, '')
      : '';
  }
}
