/** Outputs that came from elsewhere: Jupyter shows them in part only, and says so in one icon. */
import type { ISharedCodeCell } from '@jupyter/ydoc';
import { Notification } from '@jupyterlab/apputils';
import type { IServices } from '../shared/services';
import type { LiveNotebook } from './document';

/** Kinds of outputs that may run code. A stream or an error is text. */
const RICH = ['display_data', 'execute_result'];

/** Return how many cells have outputs that Jupyter does not trust. */
export function countUntrusted({ shared }: LiveNotebook): number {
  return shared.cells.filter(
    cell =>
      cell.cell_type === 'code' &&
      !cell.getMetadata('trusted') &&
      (cell as ISharedCodeCell).getOutputs().some(one => RICH.includes(one.output_type))
  ).length;
}

/** Tell whose trusted notebook got outputs from elsewhere, with the way to trust them. */
export function tellTrust(services: IServices, live: LiveNotebook, before: number): void {
  const now = countUntrusted(live);
  if (before || !now || live.disposed) {
    return;
  }
  const { app, trans } = services;
  const text = trans._n(
    'This notebook is no longer trusted: %1 cell has outputs from elsewhere, which are not shown in full.',
    'This notebook is no longer trusted: %1 cells have outputs from elsewhere, which are not shown in full.',
    now
  );
  Notification.warning(text, {
    autoClose: false,
    actions: [
      {
        label: trans.__('Trust the notebook…'),
        callback: () => {
          app.shell.activateById(live.panel.id);
          void app.commands.execute('notebook:trust');
        }
      }
    ]
  });
}
