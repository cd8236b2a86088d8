/** Who wrote a cell, in words. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LiveNotebook } from '../live/document';
import * as server from '../server/calls';
import type { IBlame } from '../server/contract';
import { formatMoment } from '../shared/dom';
import { notify, notifyProblem } from '../shared/tell';

/** Say who wrote the current cell of an open notebook. */
export async function showBlame(live: LiveNotebook, trans: TranslationBundle): Promise<void> {
  try {
    const cell = Math.max(live.panel.content.activeCellIndex, 0);
    notify(formatBlame(cell, await server.readBlame(live.path, cell), trans));
  } catch (error) {
    notifyProblem(error);
  }
}

export function formatBlame(cell: number, blame: IBlame, trans: TranslationBundle): string {
  const said = (one: NonNullable<IBlame['source']>): string =>
    trans.__(
      '%1, %2: %3',
      one.author,
      formatMoment(one.time),
      one.message.split('\n')[0] ?? ''
    );
  const { source, outputs } = blame;
  const first = source
    ? trans.__('Cell %1 was last changed by %2', cell + 1, said(source))
    : trans.__('Cell %1 has changes that are not committed yet', cell + 1);
  return outputs && outputs.id !== source?.id
    ? trans.__('%1; its outputs by %2', first, said(outputs))
    : first;
}
