/** All open documents around an action that changes their files: saved first, and loaded anew. */
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { PathExt } from '@jupyterlab/coreutils';
import { NbvcError } from '../shared/error';
import type { IServices } from '../shared/services';
import { findDisk } from './disk';
import { LiveNotebook } from './document';
import { follow } from './following';

type Context = DocumentRegistry.IContext<DocumentRegistry.IModel>;

/** Save what a person typed, in all notebooks and texts or in those of some paths. */
export async function saveOpen(
  services: IServices,
  paths?: ReadonlySet<string>
): Promise<void> {
  const { contents } = services.app.serviceManager;
  const isWanted = ({ path }: Context): boolean =>
    !paths || paths.has(contents.localPath(path));
  for (const live of listNotebooks(services)) {
    if (isWanted(live.context) && (live.edited || live.collaborative)) {
      await checkDisk(services, live);
      await live.save();
    }
  }
  for (const context of listTexts(services)) {
    if (isWanted(context) && context.model.dirty) {
      await context.save();
    }
  }
}

/** Refuse to save over another file: the bar in the notebook asks about it. */
async function checkDisk({ app, trans }: IServices, live: LiveNotebook): Promise<void> {
  const state = await findDisk(live, app.serviceManager.contents).look();
  if (state === 'changed' || state === 'gone') {
    throw new NbvcError(
      trans.__('%1 was changed on the disk.', PathExt.basename(live.path)),
      trans.__('Choose in the notebook which version stays, then try again.')
    );
  }
}

/** Do what writes to files, after a save, and bring the results into all open documents. */
export async function followAll<T>(
  services: IServices,
  write: () => Promise<T>,
  paths?: ReadonlySet<string>
): Promise<T> {
  await saveOpen(services, paths);
  const followed = listNotebooks(services).reduce(
    (inner, live) => () => follow(services, live, inner),
    write
  );
  const written = await followed();
  await reloadTexts(services);
  return written;
}

async function reloadTexts(services: IServices): Promise<void> {
  const { contents } = services.app.serviceManager;
  for (const context of listTexts(services)) {
    try {
      const now = await contents.get(context.path, { content: false });
      if (now.last_modified !== context.contentsModel?.last_modified && !context.model.dirty) {
        await context.revert();
      }
    } catch {
      continue; // The file is gone: Jupyter says so at the next save.
    }
  }
}

function listNotebooks(services: IServices): LiveNotebook[] {
  const { contents } = services.app.serviceManager;
  const found: LiveNotebook[] = [];
  services.tracker?.forEach(panel => {
    if (panel.context.isReady && ['', 'RTC'].includes(contents.driveName(panel.context.path))) {
      found.push(new LiveNotebook(panel, contents));
    }
  });
  return found;
}

/** Return the other documents that are open, such as text files. */
function listTexts(services: IServices): Context[] {
  const { app, tracker } = services;
  const { contents } = app.serviceManager;
  const found = new Set<Context>();
  for (const widget of app.shell.widgets('main')) {
    const { context } = widget as { context?: Context };
    const isNotebook = tracker?.find(panel => panel === widget) !== undefined;
    if (context?.isReady && !isNotebook && contents.driveName(context.path) === '') {
      found.add(context);
    }
  }
  return [...found];
}
