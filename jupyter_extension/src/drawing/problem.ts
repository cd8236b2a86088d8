/** What went wrong, and what to do. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { h } from '../shared/dom';
import type { NbvcError } from '../shared/error';

export interface ISaid {
  message: string;
  hint: string | null;
}

export function drawError(error: NbvcError, trans: TranslationBundle): HTMLElement {
  return drawProblem(error, '', trans);
}

export function drawProblem(
  { message, hint }: ISaid,
  details: string,
  trans: TranslationBundle
): HTMLElement {
  return h(
    'div',
    { class: 'nbvc-Problem', role: 'alert' },
    h('p', { class: 'nbvc-Problem-message' }, formatSentence(message)),
    hint && h('p', { class: 'nbvc-Problem-hint' }, formatSentence(hint)),
    details.trim() !== '' &&
      h(
        'details',
        {},
        h('summary', {}, trans.__('Output of git')),
        h('pre', { class: 'nbvc-Problem-details' }, details.trim())
      )
  );
}

/** The library's messages start small and end without a stop. */
export function formatSentence(text: string): string {
  const trimmed = text.trim();
  const started =
    /^[a-z]+[ ,]/.test(trimmed) && !/^(git|nbvc) /.test(trimmed)
      ? trimmed[0].toUpperCase() + trimmed.slice(1)
      : trimmed;
  return /[.!?:…]$/.test(started) ? started : `${started}.`;
}
