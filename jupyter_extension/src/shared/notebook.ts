/** Notebooks as Jupyter writes them in JSON. */
export interface IOutput {
  output_type: string;
  name?: string;
  text?: string | string[];
  data?: Record<string, unknown>;
  metadata?: Record<string, unknown>;
  execution_count?: number | null;
  ename?: string;
  evalue?: string;
  traceback?: string[];
}

export interface ICell {
  cell_type: string;
  source: string | string[];
  metadata: Record<string, unknown>;
  id?: string;
  outputs?: IOutput[];
  execution_count?: number | null;
  attachments?: Record<string, Record<string, unknown>>;
}

/** A notebook; `C` is the type of its cells. */
export interface INotebook<C = ICell> {
  cells: C[];
  metadata: Record<string, unknown>;
  nbformat: number;
  nbformat_minor: number;
}

/** Return a text of a notebook, which is a string or a list of lines. */
export function joinLines(value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  return Array.isArray(value) ? value.join('') : '';
}

/** Return the MIME type of the code in a notebook, for coloring. */
export function findMimetype(notebook: INotebook | null): string {
  const metadata = (notebook?.metadata ?? {}) as {
    language_info?: { mimetype?: string; name?: string };
    kernelspec?: { language?: string };
  };
  const info = metadata.language_info;
  // A notebook without a kernel yet has a language without a name.
  const name = info?.name || metadata.kernelspec?.language || 'python';
  return info?.mimetype || `text/x-${name.toLowerCase()}`;
}
