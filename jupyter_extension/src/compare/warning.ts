/** A warning when an open notebook was changed on the disk, by git or another program. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import { Widget } from '@lumino/widgets';
import { LiveNotebook } from '../live/document';
import * as server from '../server/calls';
import { createButton, h } from '../shared/dom';
import type { IServices } from '../shared/services';
import { notifyProblem } from '../shared/tell';
import { openComparison } from './opening';

/** Milliseconds between checks of the notebook in front, which read a file's time stamp. */
const PERIOD = 10_000;

/** Watch every notebook that is opened; with real-time collaboration the server does that itself. */
export function watchDisk(services: IServices): void {
  const { tracker } = services;
  const watches = new WeakMap<NotebookPanel, Watch>();
  tracker?.widgetAdded.connect((_, panel) => {
    void panel.context.ready
      .then(() => {
        if (!panel.isDisposed) {
          watches.set(panel, new Watch(services, panel));
        }
      })
      .catch(() => undefined);
  });
  const look = (): void => {
    const panel = tracker?.currentWidget;
    const { warnOnChange } = services.settings.current;
    if (panel && warnOnChange && document.visibilityState === 'visible') {
      void watches.get(panel)?.look();
    }
  };
  tracker?.currentChanged.connect(look);
  window.addEventListener('focus', look);
  window.setInterval(look, PERIOD);
}

class Watch {
  private readonly _live: LiveNotebook | null;
  private _known: string | null = null;
  private _saving = false;
  private _bar: Widget | null = null;

  constructor(
    private readonly _services: IServices,
    private readonly _panel: NotebookPanel
  ) {
    this._live = findLiveOf(_services, _panel);
    _panel.context.saveState.connect((_, state) => {
      this._saving = state === 'started';
      if (state === 'completed') {
        void this._learn();
      }
    });
    void this._learn();
  }

  /** Compare the file on disk with what this editor loaded or saved last. */
  async look(): Promise<void> {
    const live = this._live;
    if (!live || live.disposed || live.collaborative || this._saving || this._known === null) {
      return;
    }
    const before = this._known;
    const now = await this._digest();
    if (now !== null && now !== before && this._known === before && !this._saving) {
      this._known = now;
      this._warn(live);
    }
  }

  private async _learn(): Promise<void> {
    this._known = await this._digest();
    this._forget();
  }

  private async _digest(): Promise<string | null> {
    try {
      return this._live && (await server.readDigest(this._live.path)).digest;
    } catch {
      return null; // deleted, or the server is away: Jupyter says so itself
    }
  }

  private _warn(live: LiveNotebook): void {
    const { trans } = this._services;
    this._forget();
    const text = live.dirty
      ? trans.__('This notebook was changed on the disk, and has unsaved changes here.')
      : trans.__('This notebook was changed on the disk.');
    const node = h(
      'div',
      { class: 'nbvc-Warning', role: 'alert' },
      h('span', {}, text),
      createButton(trans.__('Compare'), '', () => this._compare(live)),
      createButton(trans.__('Load from disk'), '', () => void this._load(live)),
      createButton(trans.__('Keep mine'), '', () => this._forget())
    );
    this._bar = new Widget({ node });
    this._panel.contentHeader.insertWidget(0, this._bar);
  }

  private _compare(live: LiveNotebook): void {
    const { trans } = this._services;
    openComparison(this._services, {
      path: live.path,
      before: { side: { kind: 'disk' }, label: trans.__('On the disk') },
      after: { side: 'now' }
    });
  }

  private async _load(live: LiveNotebook): Promise<void> {
    const { trans } = this._services;
    try {
      if (live.dirty) {
        const message = trans.__('Before loading from the disk');
        await server.createCheckpoint({ path: live.path, message, notebook: live.toJSON() });
      }
      await live.context.revert();
      await this._learn();
    } catch (error) {
      notifyProblem(error);
    }
  }

  private _forget(): void {
    this._bar?.dispose();
    this._bar = null;
  }
}

function findLiveOf(services: IServices, panel: NotebookPanel): LiveNotebook | null {
  try {
    return new LiveNotebook(panel, services.app.serviceManager.contents);
  } catch {
    return null; // on a drive that is not the server's disk
  }
}
