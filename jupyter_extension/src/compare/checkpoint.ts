import { InputDialog } from '@jupyterlab/apputils';
import type { LiveNotebook } from '../live/document';
import * as server from '../server/calls';
import type { IServices } from '../services';
import { tell, tellProblem } from '../tell';
import { compareWith } from './menu';

/** Save a checkpoint with a message, of the notebook as the editor has it. */
export async function saveCheckpoint(
  services: IServices,
  path: string,
  live: LiveNotebook | null
): Promise<void> {
  const { trans } = services;
  const answer = await InputDialog.getText({
    title: trans.__('Save a checkpoint'),
    label: trans.__(
      'What is special about this state? It stays on this machine and out of your branch.'
    ),
    placeholder: trans.__('Message (may be empty)'),
    okLabel: trans.__('Save checkpoint')
  });
  if (!answer.button.accept) {
    return;
  }
  try {
    const message = answer.value?.trim() || '';
    const { made } = await server.createCheckpoint(path, message, live?.toJSON());
    const compare = {
      label: trans.__('Compare'),
      act: () => void compareWith(services, path, 'checkpoint')
    };
    if (made) {
      tell(trans.__('Checkpoint saved.'), compare);
    } else {
      tell(trans.__('Nothing has changed since the last checkpoint, which says the same.'));
    }
  } catch (error) {
    tellProblem(error);
  }
}
