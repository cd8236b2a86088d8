/** Name and delete checkpoints, each after a question. */
import { InputDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as server from '../server/calls';
import type { IVersion } from '../server/contract';
import { formatMoment } from '../shared/dom';
import { askToConfirm } from '../shared/tell';
import { formatTitle } from '../versions/naming';
import { isSave } from './rows';

/** Ask for a name of a checkpoint, and give it; return whether it has another one. */
export async function renameCheckpoint(
  path: string,
  version: IVersion,
  trans: TranslationBundle
): Promise<boolean> {
  const answer = await InputDialog.getText({
    title: trans.__('Name the checkpoint of %1', formatMoment(version.time)),
    text: isSave(version) ? '' : version.message,
    okLabel: trans.__('Name it'),
    cancelLabel: trans.__('Cancel')
  });
  const message = answer.value?.trim() ?? '';
  if (!answer.button.accept || !message || message === version.message) {
    return false;
  }
  await server.editCheckpoint({ path, id: version.id, message });
  return true;
}

/** Delete a checkpoint after a question; return whether it is deleted. */
export async function deleteCheckpoint(
  path: string,
  version: IVersion,
  trans: TranslationBundle
): Promise<boolean> {
  const sure = await askToConfirm(
    trans.__('Delete this checkpoint?'),
    trans.__(
      '“%1” of %2 is deleted for good. Other versions stay.',
      formatTitle(version, trans),
      formatMoment(version.time)
    ),
    trans.__('Delete'),
    trans
  );
  if (sure) {
    await server.deleteCheckpoint({ path, id: version.id });
  }
  return sure;
}
