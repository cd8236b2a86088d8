/** The JSON format of a diff, version 1, as docs/FORMAT.md describes it. */

export type Range = [number, number];

export interface ILineOp {
  op: 'equal' | 'replace';
  before: Range;
  after: Range;
  removed?: string[];
  added?: string[];
  /** Spans that changed, in code points of all removed and all added lines. */
  words?: { before: Range[]; after: Range[] };
}

export interface IPathOp {
  op: 'add' | 'remove' | 'replace' | 'splice' | 'lines';
  path: (string | number)[];
  value?: unknown;
  json?: string;
  before?: Range;
  after?: Range;
  lines?: ILineOp[];
}

export interface IScalar {
  before?: unknown;
  after?: unknown;
  before_json?: string;
  after_json?: string;
}

export interface IOutputDiff {
  change: 'unchanged' | 'modified' | 'added' | 'removed';
  before: number | null;
  after: number | null;
  ops?: IPathOp[];
}

/** What may differ in a pair of cells, apart from the source. */
export interface IParts {
  cell_type?: IScalar;
  id?: IScalar;
  execution_count?: IScalar;
  outputs?: IOutputDiff[];
  metadata?: IPathOp[];
  attachments?: IPathOp[];
  other?: IPathOp[];
}

export type Change = 'unchanged' | 'modified' | 'added' | 'removed' | 'split' | 'joined';

export interface ICellDiff extends IParts {
  change: Change;
  before: number[];
  after: number[];
  moved: boolean;
  source?: ILineOp[];
  /** Code points in the text after at which the second and each further cell begins. */
  cuts?: number[];
  pieces?: IParts[];
}

export interface ISideOfDiff {
  name: string | null;
  nbformat: number;
  nbformat_minor: number;
  cells: number;
}

export interface INotebookDiff {
  format: 'nbvc-diff';
  version: 1;
  before: ISideOfDiff;
  after: ISideOfDiff;
  notebook: IPathOp[];
  metadata: IPathOp[];
  cells: ICellDiff[];
}
