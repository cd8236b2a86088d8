/** Copy a version as a notebook of its own, or one of its cells. */
import { Clipboard } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';
import type { LiveNotebook } from '../live/document';
import { asUntrusted, asUntrustedNotebook } from '../live/entering';
import type { IVersion } from '../server/contract';
import { h } from '../shared/dom';
import type { ICell, INotebook } from '../shared/notebook';
import { joinLines } from '../shared/notebook';

/** The MIME type that Jupyter's own Paste reads. */
const CELLS = 'application/vnd.jupyter.cells';

/** Write a version beside the notebook, under a name that is free; returns its path. */
export async function saveCopy(
  contents: Contents.IManager,
  path: string,
  version: IVersion,
  notebook: INotebook
): Promise<string> {
  const taken = await listNames(contents, PathExt.dirname(path));
  const name = findFreeName(nameCopy(path, version), taken);
  const there = PathExt.join(PathExt.dirname(path), name);
  await contents.save(there, {
    type: 'notebook',
    format: 'json',
    content: asUntrustedNotebook(notebook)
  });
  return there;
}

/** Hand a version to the browser as a file. */
export function download(path: string, version: IVersion, notebook: INotebook): void {
  // Whoever uploads the file would have Jupyter sign what it claims.
  const text = `${JSON.stringify(asUntrustedNotebook(notebook), null, 1)}\n`;
  const url = URL.createObjectURL(new Blob([text], { type: 'application/x-ipynb+json' }));
  h('a', { href: url, download: nameCopy(path, version) }).click();
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Copy a cell for Jupyter's Paste, and its text to the clipboard. */
export async function copyCell(cell: ICell): Promise<void> {
  Clipboard.getInstance().setData(CELLS, [asUntrusted(cell)]);
  // A page that is not on https has no clipboard, and a person may say no.
  await navigator.clipboard?.writeText(joinLines(cell.source)).catch(() => undefined);
}

/** Put a cell below the current one of an open notebook; one undo takes it away. */
export function insertCell(live: LiveNotebook, cell: ICell): void {
  const { content } = live.panel;
  const at = Math.min(content.activeCellIndex + 1, live.shared.cells.length);
  live.insert(at, cell);
  content.activeCellIndex = at;
}

/** Return the name of a copy: `analysis-3f2a9b1c44.ipynb`. */
export function nameCopy(path: string, version: IVersion): string {
  const stem = PathExt.basename(path, PathExt.extname(path));
  return `${stem}-${version.short.replace(/[^\w.-]+/g, '-')}.ipynb`;
}

/** Return a name that is not taken, with a number if needed. */
export function findFreeName(name: string, taken: ReadonlySet<string>): string {
  const stem = name.replace(/\.ipynb$/, '');
  let free = name;
  for (let number = 2; taken.has(free); number++) {
    free = `${stem}-${number}.ipynb`;
  }
  return free;
}

async function listNames(contents: Contents.IManager, folder: string): Promise<Set<string>> {
  const found = await contents.get(folder, { content: true });
  return new Set((found.content as { name: string }[]).map(({ name }) => name));
}
