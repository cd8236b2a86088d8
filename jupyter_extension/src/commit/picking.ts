/** Single cells of a notebook: what can be committed of it, discarded and unstaged. */
import { askAboutNow } from '../live/disk';
import { findLive } from '../live/document';
import { followAll } from '../live/reload';
import * as server from '../server/calls';
import type {
  ICellChange,
  IChangedCells,
  ICheckpoint,
  IPickedCells,
  Outputs
} from '../server/contract';
import { NbvcError } from '../shared/error';
import { tellChange } from '../shared/happened';
import type { IServices } from '../shared/services';
import { notify, notifyProblem } from '../shared/tell';
import type { CellChoice } from './choice';

/** A notebook by its path for Jupyter and from the top; `overrides` a remembered choice. */
export interface IPlace {
  path: string;
  name: string;
  outputs: Outputs;
  overrides: boolean;
}

/** Return what changed in a notebook, with what is not saved yet. */
export async function listNow(services: IServices, place: IPlace): Promise<IChangedCells> {
  const { contents } = services.app.serviceManager;
  const live = findLive(services.tracker, contents, place.path);
  return askAboutNow(live, contents, now => server.listCells(place, now));
}

/** Return what is chosen of a notebook that is saved. Raises `NbvcError` if that is nothing. */
export async function pickSaved(
  { trans }: IServices,
  place: IPlace,
  choice: CellChoice,
  byDefault: boolean
): Promise<IPickedCells> {
  const list = await server.listCells(place, { kind: 'disk' });
  const picked = choice.pick(place.name, list, byDefault);
  if (!picked.cells?.length && !picked.notebook && !list.partly_staged) {
    throw new NbvcError(
      trans.__('No cell that is ticked has changed any more: %1', place.name),
      trans.__('Look at the changed cells, then commit again.')
    );
  }
  return picked;
}

/** Make a cell, or the metadata of the notebook, what the last commit has; Undo brings it back. */
export async function discardChange(
  services: IServices,
  place: IPlace,
  cell: ICellChange | null
): Promise<void> {
  const { trans } = services;
  try {
    const paths = new Set([place.path]);
    const { kept } = await followAll(
      services,
      async () => {
        const { state, cells, notebook } = await server.listCells(place, { kind: 'disk' });
        const found = cells.filter(({ key }) => key === cell?.key).map(({ entry }) => entry);
        if (cell ? !found.length : !notebook) {
          throw new NbvcError(trans.__('This change is not there any more.'));
        }
        return server.discardCells({ ...place, state, cells: found, notebook: !cell });
      },
      paths
    );
    const text = cell
      ? trans.__('The change in cell %1 is discarded.', cell.numbers.join(', '))
      : trans.__('The change of the notebook’s metadata is discarded.');
    notify(text, ...offerUndo(services, place.path, kept));
  } catch (error) {
    notifyProblem(error);
  } finally {
    tellChange();
  }
}

/** Take changes out of what is staged; the file stays as it is. */
export async function unstageCells(
  place: IPlace,
  state: string,
  cells: number[],
  notebook: boolean
): Promise<void> {
  try {
    await server.unstageCells({ ...place, state, cells, notebook });
  } catch (error) {
    notifyProblem(error);
  } finally {
    tellChange();
  }
}

/** Return the button that writes checkpoints over their files again, if there are any. */
export function offerUndo(
  services: IServices,
  path: string,
  kept: readonly ICheckpoint[]
): { label: string; act: () => void }[] {
  const undo = async (): Promise<void> => {
    try {
      const found = kept.map(one => ({ name: one.path, id: one.id }));
      await followAll(services, () => server.bringBack(path, found), new Set());
      tellChange();
    } catch (error) {
      notifyProblem(error);
    }
  };
  return kept.length ? [{ label: services.trans.__('Undo'), act: () => void undo() }] : [];
}
