import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import type { LiveNotebook } from '../live/document';
import * as server from '../server/calls';
import { h } from '../shared/dom';
import type { IServices } from '../shared/services';
import { notify, notifyProblem } from '../shared/tell';
import { compareWith } from './menu';

/** Save a checkpoint with a message, of the notebook as the editor has it. */
export async function saveCheckpoint(
  services: IServices,
  path: string,
  live: LiveNotebook | null
): Promise<void> {
  const { trans } = services;
  const answer = await showDialog({
    title: trans.__('Save a checkpoint'),
    body: new MessageField(trans),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Save checkpoint') })
    ],
    focusNodeSelector: '.nbvc-Checkpoint-message'
  });
  if (!answer.button.accept) {
    return;
  }
  try {
    const message = answer.value?.trim() || '';
    const { made } = await server.createCheckpoint({ path, message, notebook: live?.toJSON() });
    const compare = {
      label: trans.__('Compare'),
      act: () => void compareWith(services, path, 'checkpoint')
    };
    if (made) {
      notify(trans.__('Checkpoint saved.'), compare);
    } else {
      notify(
        trans.__('Nothing has changed since the last checkpoint, and the message is the same.')
      );
    }
  } catch (error) {
    notifyProblem(error);
  }
}

class MessageField extends Widget implements Dialog.IBodyWidget<string> {
  private readonly _field: HTMLInputElement;

  constructor(trans: TranslationBundle) {
    super();
    this.addClass('nbvc-Checkpoint');
    this._field = h('input', {
      class: 'nbvc-Checkpoint-message jp-mod-styled',
      type: 'text',
      placeholder: trans.__('Message (may be empty)')
    });
    const text = trans.__(
      'What is special about this state? It stays on this machine and out of your branch.'
    );
    this.node.append(h('label', {}, h('span', {}, text), this._field));
  }

  getValue(): string {
    return this._field.value;
  }
}
