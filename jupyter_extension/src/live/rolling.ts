/** Automatic checkpoints while a notebook is edited; off unless the settings say how often. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import * as server from '../server/calls';
import type { IServices } from '../shared/services';
import { LiveNotebook } from './document';

/** The message of automatic checkpoints, of which the server keeps the newest. */
const MESSAGE = 'Automatic';
const MINUTE = 60_000;

export function rollCheckpoints(services: IServices): void {
  services.tracker?.widgetAdded.connect((_, panel) => {
    void panel.context.ready.then(() => rollPanel(services, panel)).catch(() => undefined);
  });
}

function rollPanel(services: IServices, panel: NotebookPanel): void {
  let edited = false;
  let last = Date.now();
  const note = (): void => {
    edited = true;
  };
  panel.content.model?.contentChanged.connect(note);
  const timer = window.setInterval(() => {
    const { everyMinutes, keep } = services.settings.current.checkpoints;
    if (everyMinutes > 0 && edited && Date.now() - last >= everyMinutes * MINUTE) {
      edited = false;
      last = Date.now();
      void saveRolling(services, panel, keep);
    }
  }, MINUTE / 12);
  panel.disposed.connect(() => window.clearInterval(timer));
}

async function saveRolling(
  services: IServices,
  panel: NotebookPanel,
  keep: number
): Promise<void> {
  try {
    const live = new LiveNotebook(panel, services.app.serviceManager.contents);
    await server.createCheckpoint({
      path: live.path,
      message: MESSAGE,
      notebook: live.toJSON(),
      keep
    });
  } catch (error) {
    console.warn('nbvc: no automatic checkpoint', error);
  }
}
