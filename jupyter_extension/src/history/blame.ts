/** Who wrote a cell, in words. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { moment } from '../dom';
import type { IBlame } from '../server/contract';

export function blameText(cell: number, blame: IBlame, trans: TranslationBundle): string {
  const said = (one: IBlame['source']): string =>
    one
      ? trans.__('%1, %2: %3', one.author, moment(one.time), one.message.split('\n')[0] ?? '')
      : trans.__('not committed yet');
  return [
    trans.__('Cell %1, source by %2', cell + 1, said(blame.source)),
    blame.outputs ? trans.__('outputs by %1', said(blame.outputs)) : ''
  ]
    .filter(Boolean)
    .join('; ');
}
