import type { TranslationBundle } from '@jupyterlab/translation';
import { nullTranslator } from '@jupyterlab/translation';

export let trans: TranslationBundle = nullTranslator.load('nbvc');

/** Set the language of errors. */
export function setLanguage(bundle: TranslationBundle): void {
  trans = bundle;
}

/** The one error of the extension: a sentence, what to do next, and a reason for programs. */
export class NbvcError extends Error {
  constructor(
    message: string,
    readonly hint: string | null = null,
    readonly reason: string = 'unknown',
    readonly status: number = 0
  ) {
    super(message);
    this.name = 'NbvcError';
  }

  static from(error: unknown): NbvcError {
    if (error instanceof NbvcError) {
      return error;
    }
    if (error instanceof DOMException && error.name === 'AbortError') {
      return new NbvcError(trans.__('Cancelled.'), null, 'cancelled');
    }
    return new NbvcError(error instanceof Error ? error.message : String(error));
  }

  get cancelled(): boolean {
    return this.reason === 'cancelled';
  }
}
