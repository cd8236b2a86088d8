/** Written by `python -m tests.integration.jupyter.contract`. */

export type Range = [number, number];

export interface ISide {
  name: string | null;
  nbformat: number;
  nbformat_minor: number;
  cells: number;
}

export interface ICellDiff {
  change: 'unchanged' | 'modified' | 'added' | 'removed' | 'split' | 'joined';
  before: number[];
  after: number[];
  moved: boolean;
  cell?: Record<string, unknown>;
  cell_json?: string;
  source?: LineOp[];
  cuts?: number[];
  pieces?: IParts[];
  cell_type?: IScalar;
  id?: IScalar;
  execution_count?: IScalar;
  outputs?: IOutputDiff[];
  metadata?: PathOp[];
  attachments?: PathOp[];
  other?: PathOp[];
}

export interface IParts {
  cell_type?: IScalar;
  id?: IScalar;
  execution_count?: IScalar;
  outputs?: IOutputDiff[];
  metadata?: PathOp[];
  attachments?: PathOp[];
  other?: PathOp[];
}

export interface IScalar {
  before?: unknown;
  before_json?: string;
  after?: unknown;
  after_json?: string;
}

export interface IOutputDiff {
  change: 'unchanged' | 'modified' | 'added' | 'removed';
  before: number | null;
  after: number | null;
  ops?: PathOp[];
  output?: unknown;
  output_json?: string;
  meaning?: Meaning;
}

export type Meaning =
  | IImageMeaning
  | ITableMeaning
  | ITextMeaning
  | IJsonMeaning
  | ITracebackMeaning
  | IBytesMeaning;

export interface IImageMeaning {
  kind: 'image';
  same: boolean;
  summary: string;
  mime?: string;
  also?: Meaning[];
  verdict: 'same' | 'visually same' | 'different';
  before_size?: [number, number];
  after_size?: [number, number];
  share?: number;
  box?: [number, number, number, number];
  largest?: number;
  removed_texts?: string[];
  added_texts?: string[];
}

export interface ITableMeaning {
  kind: 'table';
  same: boolean;
  summary: string;
  mime?: string;
  also?: Meaning[];
  tables?: ITable[];
  around?: boolean;
}

export interface ITextMeaning {
  kind: 'text' | 'stream';
  same: boolean;
  summary: string;
  mime?: string;
  also?: Meaning[];
  numbers?: INumbers;
  lines_removed?: number;
  lines_added?: number;
}

export interface INumbers {
  changed: number;
  of: number;
}

export interface IJsonMeaning {
  kind: 'json';
  same: boolean;
  summary: string;
  mime?: string;
  also?: Meaning[];
  changed?: number;
  changes?: IPathChange[];
}

export interface IPathChange {
  path: (string | number)[];
  before?: string;
  after?: string;
}

export interface ITracebackMeaning {
  kind: 'traceback';
  same: boolean;
  summary: string;
  mime?: string;
  also?: Meaning[];
  before_exception?: string;
  after_exception?: string;
  before_message?: string;
  after_message?: string;
  frames_removed?: string[];
  frames_added?: string[];
}

export interface IBytesMeaning {
  kind: 'bytes';
  same: boolean;
  summary: string;
  mime?: string;
  also?: Meaning[];
}

export interface ITable {
  before: number | null;
  after: number | null;
  changed?: number;
  of?: number;
  values?: IValueChange[];
  rows_added?: { name: string; index: number; values?: string[] }[];
  rows_removed?: { name: string; index: number; values?: string[] }[];
  columns_added?: { name: string; index: number; values?: string[] }[];
  columns_removed?: { name: string; index: number; values?: string[] }[];
  rows_reordered?: boolean;
  columns_reordered?: boolean;
  styled?: boolean;
}

export interface IValueChange {
  row: string;
  column: string;
  before: string;
  after: string;
  before_at: [number, number];
  after_at: [number, number];
}

export type LineOp =
  | { op: 'equal'; before: Range; after: Range }
  | { op: 'replace'; before: Range; after: Range; removed: string[]; added: string[]; words?: IWords };

export interface IWords {
  before: Range[];
  after: Range[];
}

export type PathOp =
  | { op: 'add'; path: (string | number)[]; value?: unknown; json?: string }
  | { op: 'remove'; path: (string | number)[] }
  | { op: 'replace'; path: (string | number)[]; value?: unknown; json?: string }
  | { op: 'lines'; path: (string | number)[]; lines: LineOp[] }
  | { op: 'splice'; path: (string | number)[]; before: Range; after: Range; value?: unknown; json?: string };

export interface INotebookDiff {
  format: 'nbvc-diff';
  version: 1;
  before: ISide;
  after: ISide;
  notebook: PathOp[];
  metadata: PathOp[];
  cells: ICellDiff[];
}
