/** The list of keys, which `?` opens in every view. */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { h, nameKeys } from './dom';

/** Keys, and what they do. */
export type Keys = readonly (readonly [string, string])[];

/** Show the keys of a view, and those of the notebook. */
export async function showKeys(
  title: string,
  keys: Keys,
  trans: TranslationBundle
): Promise<void> {
  const isMac = /mac/i.test(navigator.platform);
  const notebook: Keys = [
    ['Accel+Alt+C', trans.__('in the notebook: commit')],
    ['Accel+Alt+D', trans.__('in the notebook: compare with the last commit')],
    ['Accel+Alt+H', trans.__('in the notebook: history')],
    ['?', trans.__('this list')]
  ];
  const rows = [...keys, ...notebook].map(([key, what]) =>
    h('tr', {}, h('td', {}, h('kbd', {}, nameKeys(key, isMac))), h('td', {}, what))
  );
  const body = new Widget({ node: h('div', {}, h('table', { class: 'nbvc-Keys' }, ...rows)) });
  await showDialog({ title, body, buttons: [Dialog.okButton({ label: trans.__('Close') })] });
}

/** Return whether a key press asks for the list: not while something is typed. */
export function asksForKeys(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  return (
    event.key === '?' &&
    !event.ctrlKey &&
    !event.metaKey &&
    !/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) &&
    !target.isContentEditable
  );
}
