/** Short messages: what happened, or what went wrong and what to do. */
import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { NbvcError } from './error';

export interface IOffer {
  label: string;
  act: () => void;
}

export function notify(message: string, ...offers: IOffer[]): void {
  const actions = offers.map(({ label, act }) => ({ label, callback: act }));
  Notification.success(message, { autoClose: offers.length ? 12000 : 5000, actions });
}

export function notifyProblem(error: unknown): void {
  const problem = NbvcError.from(error);
  if (!problem.cancelled) {
    const message = [problem.message, problem.hint].filter(Boolean).join('\n');
    Notification.error(message, { autoClose: 15000 });
  }
}

/** Ask before something that takes more than a click to undo; the safe answer has the focus. */
export async function askToConfirm(
  title: string,
  body: string,
  accept: string,
  trans: TranslationBundle
): Promise<boolean> {
  const buttons = [
    Dialog.cancelButton({ label: trans.__('Cancel') }),
    Dialog.okButton({ label: accept })
  ];
  const result = await showDialog({ title, body, buttons, defaultButton: 0 });
  return result.button.accept;
}
