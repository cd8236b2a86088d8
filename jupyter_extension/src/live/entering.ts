/**
 * The one gate through which cells enter an open notebook, the clipboard, or a file.
 *
 * Jupyter trusts a cell if its metadata say so, runs the scripts in its outputs, and signs the
 * notebook at the next save. That claim is worth nothing in a version, whoever wrote it: trust comes
 * from running a cell here.
 */
import type { ISharedCell, ISharedCodeCell } from '@jupyter/ydoc';
import type { PartialJSONValue } from '@lumino/coreutils';
import { JSONExt } from '@lumino/coreutils';
import { joinBundle } from '../shared/bundle';
import { NbvcError } from '../shared/error';
import type { ICell, INotebook, IOutput } from '../shared/notebook';
import { joinLines } from '../shared/notebook';

type Metadata = Record<string, unknown>;

/** Return metadata without the claim that the outputs of the cell are trusted. */
export function withoutTrust(metadata: Metadata | undefined): Metadata {
  const kept = { ...metadata };
  delete kept.trusted;
  return kept;
}

/** Return a cell as it may leave a version: untrusted, and its texts as strings. */
export function asUntrusted(cell: ICell): ICell {
  const copy: ICell = {
    ...cell,
    source: joinLines(cell.source),
    metadata: withoutTrust(cell.metadata)
  };
  if (cell.outputs) {
    copy.outputs = cell.outputs.map(joinOutput);
  }
  if (cell.attachments) {
    copy.attachments = Object.fromEntries(
      Object.entries(cell.attachments).map(([name, bundle]) => [name, joinBundle(bundle)])
    );
  }
  return copy;
}

/** Return a notebook whose cells are all untrusted. */
export function asUntrustedNotebook(notebook: INotebook): INotebook {
  return { ...notebook, cells: notebook.cells.map(asUntrusted) };
}

/**
 * Return a cell as it may enter an open notebook.
 *
 * Args:
 *   live: The cell of the open notebook that it takes the place of. If both have the same outputs,
 *     whoever trusts these trusts them still.
 *
 * Raises `NbvcError` for a type of cell that Jupyter does not know: its model would break.
 */
export function enterCell(cell: ICell, live?: ISharedCell): ICell {
  if (!['code', 'markdown', 'raw'].includes(cell.cell_type)) {
    throw new NbvcError(`Jupyter has no cells of type “${cell.cell_type}”.`);
  }
  const entered = asUntrusted(cell);
  const trusted = live?.getMetadata('trusted') as unknown;
  if (live && trusted !== undefined && hasOutputs(live, entered)) {
    entered.metadata.trusted = trusted;
  }
  return entered;
}

/** Return whether a cell of the open notebook has these outputs. */
export function hasOutputs(live: ISharedCell, cell: ICell): boolean {
  const outputs = live.cell_type === 'code' ? (live as ISharedCodeCell).getOutputs() : [];
  return isSame(outputs, cell.outputs ?? []);
}

/** Return whether two JSON values are equal. */
export function isSame(a: unknown, b: unknown): boolean {
  return (
    a === b ||
    JSONExt.deepEqual((a ?? null) as PartialJSONValue, (b ?? null) as PartialJSONValue)
  );
}

/** Jupyter's model joins the lines of a stream by commas unless its text is a string. */
function joinOutput(output: IOutput): IOutput {
  const copy = { ...output };
  if (copy.output_type === 'stream') {
    copy.text = joinLines(copy.text);
  }
  if (copy.data) {
    copy.data = joinBundle(copy.data);
  }
  return copy;
}
