/** The choices of somebody whose open notebook was changed on the disk, or taken away. */
import { findDisk } from '../live/disk';
import type { LiveNotebook } from '../live/document';
import { loadDisk, mergeDisk } from '../live/following';
import * as server from '../server/calls';
import { createButton, h } from '../shared/dom';
import type { IServices } from '../shared/services';
import { openComparison } from './opening';

/** One way out. `goes` says whether the editor and its file agree afterwards. */
export interface IWay {
  label: string;
  hint: string;
  goes: boolean;
  act: () => Promise<void>;
}

/** Return the ways out for a notebook that was changed on the disk. */
function listWays(services: IServices, live: LiveNotebook): IWay[] {
  const { trans } = services;
  const disk = findDisk(live, services.app.serviceManager.contents);
  const compare: IWay = {
    label: trans.__('Compare'),
    hint: trans.__('See what is different.'),
    goes: false,
    act: async () => compareWithDisk(services, live)
  };
  const merge: IWay = {
    label: trans.__('Merge the two'),
    hint: trans.__('Bring what changed on the disk in here, cell by cell.'),
    goes: true,
    act: () => mergeDisk(services, live)
  };
  const load: IWay = {
    label: trans.__('Load from disk'),
    hint: live.edited
      ? trans.__('Take the file; your unsaved changes become a checkpoint.')
      : trans.__('Take the file.'),
    goes: true,
    act: () => loadDisk(services, live)
  };
  const keep: IWay = {
    label: trans.__('Keep mine'),
    hint: trans.__('Replace the file; what it has now becomes a checkpoint.'),
    goes: true,
    act: () => disk.keepMine()
  };
  return live.edited ? [compare, merge, load, keep] : [compare, load, keep];
}

/** Return the ways out for a notebook that is no longer on the disk. */
function listWaysBack(services: IServices, live: LiveNotebook): IWay[] {
  const { trans, app } = services;
  const disk = findDisk(live, app.serviceManager.contents);
  return [
    {
      label: trans.__('Put it back'),
      hint: trans.__('Write the file again, as it is here.'),
      goes: true,
      act: () => disk.putBack()
    },
    {
      label: trans.__('Save a copy…'),
      hint: trans.__('Save it under another name.'),
      goes: false,
      act: async () => {
        app.shell.activateById(live.panel.id);
        await app.commands.execute('docmanager:save-as');
      }
    },
    {
      label: trans.__('Close'),
      hint: trans.__('Close the notebook.'),
      goes: false,
      act: async () => live.panel.close()
    }
  ];
}

/** Return what is the matter with the file of an editor, and the ways out. */
export async function describeDisk(
  services: IServices,
  live: LiveNotebook,
  state: 'changed' | 'gone'
): Promise<{ text: string; ways: IWay[] }> {
  const { trans } = services;
  if (state === 'gone') {
    return { text: await describeLoss(services, live), ways: listWaysBack(services, live) };
  }
  const text = live.edited
    ? trans.__('This notebook was changed on the disk, and has unsaved changes here.')
    : trans.__('This notebook was changed on the disk.');
  return { text, ways: listWays(services, live) };
}

/** Draw the ways out as buttons with what each does. */
export function drawWays(ways: readonly IWay[], choose: (way: IWay) => void): HTMLElement {
  return h(
    'div',
    { class: 'nbvc-Ways' },
    ...ways.flatMap(way => [
      createButton(way.label, '', () => choose(way), way.hint),
      h('span', { class: 'nbvc-Muted' }, way.hint)
    ])
  );
}

/** Say that a notebook is gone, and on which branch. */
async function describeLoss({ trans }: IServices, live: LiveNotebook): Promise<string> {
  const branch = await server
    .readStatus(live.path)
    .then(({ repository }) => repository?.branch ?? null)
    .catch(() => null);
  return branch
    ? trans.__('This notebook is no longer on the disk (branch %1).', branch)
    : trans.__('This notebook is no longer on the disk.');
}

function compareWithDisk(services: IServices, live: LiveNotebook): void {
  openComparison(services, {
    path: live.path,
    before: { side: { kind: 'disk' }, label: services.trans.__('On the disk') },
    after: { side: 'now' }
  });
}
