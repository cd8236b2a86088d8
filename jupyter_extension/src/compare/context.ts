import type { Extension } from '@codemirror/state';
import type { NoiseKeys } from '../diff/noise';
import type { IDrawing } from '../drawing/outputs';
import type { ICell } from '../shared/notebook';
import type { IViewOptions } from '../shared/settings';

/** What drawing a pair of cells needs. */
export interface IPairDrawing extends IDrawing {
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
