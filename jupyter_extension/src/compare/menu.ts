/** The ways to compare, and the menu of the button. */
import type { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';
import { findLive } from '../live/document';
import * as server from '../server/calls';
import { NbvcError } from '../shared/error';
import type { IServices } from '../shared/services';
import { notifyProblem } from '../shared/tell';
import { chooseVersion } from '../versions/choosing';
import { findBefore, findSide, formatTitle } from '../versions/naming';
import { chooseNotebook } from '../versions/notebooks';
import { openComparison, openFiles } from './opening';

export type What = 'checkpoint' | 'head' | 'yesterday' | 'pick' | 'file';

/** The most versions among which the last one of yesterday is looked for. */
const MOST = 1000;

/** Compare the notebook at a path with a version or another notebook. */
export async function compareWith(
  services: IServices,
  path: string,
  what: What
): Promise<void> {
  const { trans } = services;
  const after = { side: 'now' as const };
  try {
    switch (what) {
      case 'head':
        openComparison(services, { path, before: { side: { kind: 'head' } }, after });
        return;
      case 'checkpoint': {
        const { checkpoints } = await server.listCheckpoints(path);
        const last = checkpoints[checkpoints.length - 1];
        if (!last) {
          throw new NbvcError(
            trans.__('This notebook has no checkpoint yet.'),
            trans.__(
              'Save one with “Save Checkpoint with Message…”, or compare with the last commit.'
            )
          );
        }
        const label = last.message.split('\n')[0] || trans.__('Last checkpoint');
        const before = { side: { kind: 'checkpoint' as const, id: last.id }, label };
        openComparison(services, { path, before, after });
        return;
      }
      case 'yesterday': {
        const { versions } = await server.listVersions(path, MOST);
        const found = findBefore(versions, new Date());
        if (!found) {
          throw new NbvcError(
            trans.__('This notebook has no version from before today.'),
            trans.__('Compare it with the last checkpoint or the last commit.')
          );
        }
        const before = { side: findSide(found), label: formatTitle(found, trans) };
        openComparison(services, { path, before, after });
        return;
      }
      case 'pick': {
        const before = await chooseVersion(services, path);
        if (before) {
          openComparison(services, { path, before, after });
        }
        return;
      }
      case 'file': {
        const other = await chooseNotebook(services, path);
        if (other) {
          openFiles(services, other, path);
        }
        return;
      }
    }
  } catch (error) {
    notifyProblem(error);
  }
}

/** Open the menu below the button that was pressed. */
export function openMenu(commands: CommandRegistry, services: IServices, path: string): void {
  const { trans, app, tracker } = services;
  const menu = new Menu({ commands });
  menu.addClass('nbvc-CompareMenu');
  const add = (what: What): void => {
    menu.addItem({ command: 'nbvc:compare', args: { what } });
  };
  add('checkpoint');
  add('head');
  add('yesterday');
  add('pick');
  add('file');
  menu.addItem({ type: 'separator' });
  menu.addItem({ command: 'nbvc:checkpoint' });
  menu.addItem({ command: 'nbvc:conflicts' });
  const live = findLive(tracker, app.serviceManager.contents, path);
  const anchor = live?.panel.toolbar.node.querySelector('[data-jp-item-name="nbvc-compare"]');
  const box = anchor?.getBoundingClientRect();
  menu.aboutToClose.connect(() => window.setTimeout(() => menu.dispose(), 0));
  menu.title.label = trans.__('Compare');
  if (box && box.width) {
    menu.open(box.left, box.bottom);
  } else {
    menu.open(window.innerWidth / 2 - 120, window.innerHeight / 4);
  }
}
