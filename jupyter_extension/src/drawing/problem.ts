/** What went wrong, and what to do. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { h } from '../shared/dom';
import type { NbvcError } from '../shared/error';

export interface ISaid {
  message: string;
  hint: string | null;
}

export function errorNode(error: NbvcError, trans: TranslationBundle): HTMLElement {
  return problemNode(error, '', trans);
}

export function problemNode(
  { message, hint }: ISaid,
  details: string,
  trans: TranslationBundle
): HTMLElement {
  return h(
    'div',
    { class: 'nbvc-Problem', role: 'alert' },
    h('p', { class: 'nbvc-Problem-message' }, sentence(message)),
    hint && h('p', { class: 'nbvc-Problem-hint' }, sentence(hint)),
    details.trim() !== '' &&
      h(
        'details',
        {},
        h('summary', {}, trans.__('What git said')),
        h('pre', { class: 'nbvc-Problem-details' }, details.trim())
      )
  );
}

/** The library's messages start small and end without a stop. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  const started =
    /^[a-z]+[ ,]/.test(trimmed) && !/^(git|nbvc) /.test(trimmed)
      ? trimmed[0].toUpperCase() + trimmed.slice(1)
      : trimmed;
  return /[.!?:…]$/.test(started) ? started : `${started}.`;
}
