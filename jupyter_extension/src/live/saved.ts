/** What each editor loaded or saved last, and whether it has changed since. */
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookModel, INotebookTracker } from '@jupyterlab/notebook';
import { withoutPictures } from '../shared/bundle';
import type { INotebook } from '../shared/notebook';
import { isSame, withoutTrust } from './entering';

export type Context = DocumentRegistry.IContext<INotebookModel>;

const saved = new WeakMap<Context, INotebook>();

/** Remember each notebook when it is loaded or saved. */
export function watchSaves(tracker: INotebookTracker | null): void {
  tracker?.widgetAdded.connect((_, { context }) => {
    let saving: INotebook | null = null;
    void context.ready
      .then(() => remember(context, readNotebook(context)))
      .catch(() => undefined);
    context.saveState.connect((_, state) => {
      // Jupyter reads the notebook right after it says that it starts.
      saving = state === 'started' ? readNotebook(context) : saving;
      if (state === 'completed' && saving) {
        remember(context, saving);
      }
    });
    context.fileChanged.connect(() => {
      if (!context.model.dirty) {
        remember(context, readNotebook(context));
      }
    });
  });
}

export function readNotebook({ model }: Context): INotebook {
  return model.toJSON() as unknown as INotebook;
}

/** Note that the file of an editor has this notebook. */
export function remember(context: Context, notebook: INotebook): void {
  saved.set(context, notebook);
}

/** Note that nobody knows what the file of an editor has. */
export function forget(context: Context): void {
  saved.delete(context);
}

/** Return the notebook that the file of an editor has, as far as the editor knows. */
export function recall(context: Context): INotebook | null {
  return saved.get(context) ?? null;
}

/** Return whether an editor has changes that its file lacks; what a kernel writes is none. */
export function isEdited(context: Context): boolean {
  const was = saved.get(context);
  return context.model.dirty && !(was && isAlike(was, readNotebook(context)));
}

/** Return whether two notebooks are the same, except what Jupyter writes unasked. */
export function isAlike(a: INotebook, b: INotebook): boolean {
  return isSame(strip(a), strip(b));
}

/** Leave out what a kernel says of itself, trust, and pictures of charts. */
function strip({ cells, metadata }: INotebook): unknown {
  const { language_info, kernelspec, ...rest } = metadata;
  void language_info;
  // Which kernel it is was chosen; what it is called on this machine was not.
  const kernel = (kernelspec as { name?: unknown } | undefined)?.name;
  const bare = cells.map(cell => ({
    cell: { ...cell, metadata: withoutTrust(cell.metadata) }
  }));
  return [withoutPictures(bare), kernel, rest];
}
