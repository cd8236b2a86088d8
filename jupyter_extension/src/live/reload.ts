/** Open documents before and after git changes their files: saved first, and loaded anew. */
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import * as server from '../server/calls';
import type { IServices } from '../shared/services';
import { LiveNotebook } from './document';

type Context = DocumentRegistry.IContext<DocumentRegistry.IModel>;

/** Return the documents that are open on the disk of the server. */
function listOpen({ app }: IServices): Context[] {
  const { contents } = app.serviceManager;
  const found = new Set<Context>();
  for (const widget of app.shell.widgets('main')) {
    const { context } = widget as { context?: Context };
    if (context?.isReady && contents.driveName(context.path) === '') {
      found.add(context);
    }
  }
  return [...found];
}

/**
 * Save what a person typed, in all documents or in those of some paths; what a kernel wrote when it
 * started is left alone.
 */
export async function saveOpen(
  services: IServices,
  paths?: ReadonlySet<string>
): Promise<void> {
  const { contents } = services.app.serviceManager;
  for (const context of listOpen(services)) {
    if (paths && !paths.has(contents.localPath(context.path))) {
      continue;
    }
    if (context.model.dirty && (await hasEdits(services, context))) {
      await context.save();
    }
  }
}

async function hasEdits(services: IServices, context: Context): Promise<boolean> {
  const panel = services.tracker?.find(one => (one.context as unknown) === context);
  if (!panel) {
    return true;
  }
  return hasUnsavedEdits(new LiveNotebook(panel, services.app.serviceManager.contents));
}

/** Return whether an open notebook differs from its file in more than noise. */
export async function hasUnsavedEdits(live: LiveNotebook): Promise<boolean> {
  if (!live.dirty) {
    return false;
  }
  try {
    const now = { kind: 'content' as const, notebook: live.toJSON() };
    const found = await server.compareSides(live.path, { kind: 'disk' }, now);
    return found.diff.cells.some(entry => entry.change !== 'unchanged' || entry.moved);
  } catch {
    return true; // The file is gone, or is not a notebook.
  }
}

/** Load the documents whose files have changed; return the paths of those that are gone. */
export async function reloadOpen(services: IServices): Promise<string[]> {
  const { contents } = services.app.serviceManager;
  const gone: string[] = [];
  for (const context of listOpen(services)) {
    try {
      const now = await contents.get(context.path, { content: false });
      const { collaborative } = context.model as { collaborative?: boolean };
      const isSame = now.last_modified === context.contentsModel?.last_modified;
      // With others in it, the server brings the change into the document.
      if (isSame || collaborative) {
        continue;
      }
      // What was typed since it was saved stays, and the bar of the notebook says so.
      if (!context.model.dirty || !(await hasEdits(services, context))) {
        await context.revert();
      }
    } catch {
      gone.push(contents.localPath(context.path));
    }
  }
  return gone;
}
