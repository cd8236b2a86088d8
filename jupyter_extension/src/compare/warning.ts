/** A warning when an open notebook was changed on the disk, by git or another program. */
import { Dialog } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import type { DiskState } from '../live/disk';
import { findDisk } from '../live/disk';
import { LiveNotebook } from '../live/document';
import type { IOutside } from '../live/outside';
import { watchOutside } from '../live/outside';
import { Bar } from '../shared/bar';
import { h } from '../shared/dom';
import { NbvcError } from '../shared/error';
import type { IServices } from '../shared/services';
import { notifyProblem } from '../shared/tell';
import type { IWay } from './disk';
import { describeDisk, drawWays } from './disk';
import { openComparison } from './opening';

/** Milliseconds between checks of the notebook in front, which read a file's time stamp. */
const PERIOD = 10_000;

/** Milliseconds after a command or a click in which a save is somebody's: autosave must not ask. */
const SOON = 2000;

/** Watch every notebook that is opened. With real-time collaboration the server looks at the disk. */
export function watchDisk(services: IServices): void {
  const { tracker, app } = services;
  const watches = new WeakMap<NotebookPanel, Watch>();
  let asked = 0;
  const note = (): void => {
    asked = Date.now();
  };
  app.commands.commandExecuted.connect(note);
  window.addEventListener('click', note, true);
  tracker?.widgetAdded.connect((_, panel) => {
    void panel.context.ready
      .then(() => {
        const live = findLiveOf(services, panel);
        if (live && !panel.isDisposed) {
          watches.set(panel, new Watch(services, live, () => Date.now() - asked < SOON));
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
  watchOutside(app, change => {
    tracker?.forEach(panel => watches.get(panel)?.tell(change));
  });
  tracker?.currentChanged.connect(look);
  window.addEventListener('focus', look);
  window.setInterval(look, PERIOD);
}

class Watch {
  private readonly _bar: Bar;
  /** How often a room got the file in place of what was typed. */
  private _replaced = 0;

  constructor(
    private readonly _services: IServices,
    private readonly _live: LiveNotebook,
    private readonly _isAskedFor: () => boolean
  ) {
    const { context, panel } = _live;
    this._bar = new Bar(panel);
    // A change that came into a room is shown until somebody closes the bar: a room saves often.
    const hide = (): void => {
      if (!_live.collaborative) {
        this._bar.hide();
      }
    };
    context.saveState.connect((_, state) => {
      if (state === 'completed') {
        hide();
      }
    });
    context.fileChanged.connect(hide);
    this._guardSaving();
  }

  /** Show what the server brought into a room. */
  tell(change: IOutside): void {
    const { trans, settings } = this._services;
    if (change.path !== this._live.path) {
      return;
    }
    if (change.outcome === 'replaced') {
      this._replaced++;
    } else if (!settings.current.warnOnChange) {
      return;
    }
    const text = {
      loaded: trans.__('This notebook was changed on the disk, and is now as it is there.'),
      merged: trans.__(
        'This notebook was changed on the disk, and merged with what was typed here.'
      ),
      replaced: this._describeReplaced()
    }[change.outcome];
    const compare = (): void => {
      openComparison(this._services, {
        path: change.path,
        before: {
          side: { kind: 'checkpoint', id: change.checkpoint },
          label: trans.__('Before the change on disk')
        },
        after: { side: 'now' }
      });
    };
    this._bar.show(text, [
      { label: trans.__('Compare'), act: compare },
      { label: trans.__('Close'), act: () => this._bar.hide() }
    ]);
  }

  private _describeReplaced(): string {
    return this._services.trans.__(
      'This notebook was changed on the disk in the same lines as here, and is now as it is there. What was typed here is a checkpoint.'
    );
  }

  /** Compare the file with the editor, and say what is the matter. */
  async look(): Promise<DiskState> {
    const state = await this._disk.look();
    if (state === 'same') {
      this._bar.hide();
    } else if (state) {
      await this._warn(state);
    }
    return state;
  }

  private get _disk() {
    return findDisk(this._live, this._services.app.serviceManager.contents);
  }

  private async _warn(state: 'changed' | 'gone'): Promise<void> {
    const { text, ways } = await describeDisk(this._services, this._live, state);
    const offers = ways.map(({ label, act }) => ({
      label,
      act: () => void act().then(() => this.look(), notifyProblem)
    }));
    this._bar.show(text, offers);
  }

  /**
   * Ask before Jupyter does, in one question with all ways out.
   *
   * Jupyter offers to overwrite or to revert, and waits behind any dialog that is open.
   */
  private _guardSaving(): void {
    const { context } = this._live;
    const save = context.save.bind(context);
    context.save = async () => {
      if (this._live.collaborative) {
        await this._saveRoom(save);
        return;
      }
      const state = await this._disk.look();
      if ((state === 'changed' || state === 'gone') && !(await this._ask(state))) {
        throw new SaveCancelled(this._services.trans.__('Nothing was saved.'));
      }
      await save();
    };
  }

  /** Let the server save: it has seen what is on the disk, and Jupyter must not ask about it. */
  private async _saveRoom(save: () => Promise<void>): Promise<void> {
    const before = this._replaced;
    await this._disk.accept();
    await save();
    if (this._replaced !== before) {
      const hint = this._services.trans.__('Compare the two in the notebook, then try again.');
      throw new SaveCancelled(this._describeReplaced(), hint);
    }
  }

  /** Return whether to save now. */
  private async _ask(state: 'changed' | 'gone'): Promise<boolean> {
    const { trans } = this._services;
    await this._warn(state);
    if (!this._isAskedFor() || document.querySelector('.jp-Dialog')) {
      return false;
    }
    const { text, ways } = await describeDisk(this._services, this._live, state);
    const way = await choose(
      trans.__('Save %1', this._live.panel.title.label),
      text,
      ways,
      trans
    );
    try {
      await way?.act();
    } catch (error) {
      notifyProblem(error);
      return false;
    }
    return Boolean(way?.goes) && state === 'changed';
  }
}

/** A dialog with buttons in its text. The dialogs of JupyterLab 4.2 keep Enter from such buttons. */
class Asking extends Dialog<unknown> {
  override handleEvent(event: Event): void {
    const isOnButton =
      event.target instanceof Element && event.target.closest('.nbvc-Asking button');
    if (!(event instanceof KeyboardEvent && event.key === 'Enter' && isOnButton)) {
      super.handleEvent(event);
    }
  }
}

/** Ask for one of the ways out; null if the answer is to cancel. */
async function choose(
  title: string,
  text: string,
  ways: readonly IWay[],
  trans: TranslationBundle
): Promise<IWay | null> {
  let chosen: IWay | null = null;
  const node = h('div', { class: 'nbvc-Asking' }, h('p', {}, text));
  const cancel = Dialog.cancelButton({ label: trans.__('Cancel') });
  const dialog = new Asking({ title, body: new Widget({ node }), buttons: [cancel] });
  node.append(
    drawWays(ways, way => {
      chosen = way;
      dialog.reject();
    })
  );
  await dialog.launch();
  return chosen;
}

/** Jupyter knows this name: whoever asked for the save says no more about it. */
class SaveCancelled extends NbvcError {
  override name = 'ModalCancelError';
}

function findLiveOf(services: IServices, panel: NotebookPanel): LiveNotebook | null {
  try {
    return new LiveNotebook(panel, services.app.serviceManager.contents);
  } catch {
    return null; // on a drive that is not the server's disk
  }
}
