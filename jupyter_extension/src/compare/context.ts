import type { Extension } from '@codemirror/state';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ICell, INotebook } from '../diff/format';
import type { NoiseKeys } from '../diff/noise';

export type Layout = 'side-by-side' | 'unified';

export interface IViewOptions {
  layout: Layout;
  /** Whether markdown is drawn as a reader sees it. */
  rendered: boolean;
  noise: boolean;
}

/** What drawing a cell needs. */
export interface IDrawing {
  trans: TranslationBundle;
  rendermime: IRenderMimeRegistry;
  options: IViewOptions;
  before: readonly ICell[];
  after: readonly ICell[];
  noise: NoiseKeys;
  languages: ILanguages;
}

export interface ILanguages {
  code: Extension;
  markdown: Extension;
}

/** Something drawn that holds resources. */
export interface IDrawn {
  dispose(): void;
}

/** MIME type of the code in a notebook, for colouring. */
export function codeMimetype(notebook: INotebook | null): string {
  const metadata = (notebook?.metadata ?? {}) as {
    language_info?: { mimetype?: string; name?: string };
    kernelspec?: { language?: string };
  };
  const info = metadata.language_info;
  // A notebook without a kernel yet has a language without a name.
  const name = info?.name || metadata.kernelspec?.language || 'python';
  return info?.mimetype || `text/x-${name.toLowerCase()}`;
}
