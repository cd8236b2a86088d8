/** nbvc's comparison as jupyterlab-git's view of notebooks, if that is installed. */
import { PathExt } from '@jupyterlab/coreutils';
import type { IFactoryOptions, IGitExtension } from '@jupyterlab/git';
import { ToolbarButton } from '@jupyterlab/ui-components';
import { GitCompareView } from './compare/gitview';
import type { Next } from './conflict/opening';
import { openConflicts } from './conflict/opening';
import type { IServices } from './shared/services';

/** Register for notebooks, after jupyterlab-git has registered its own provider. */
export async function provideDiffs(services: IServices, next: Next): Promise<void> {
  const { app } = services;
  await app.restored;
  const git = await findGit(services);
  git?.registerDiffProvider('nbvc', ['.ipynb'], async options => {
    const view = createView(services, options, next);
    await view.refresh();
    return view;
  });
}

async function findGit({ app }: IServices): Promise<IGitExtension | null> {
  try {
    const { IGitExtension } = await import('@jupyterlab/git');
    return await app.resolveOptionalService(IGitExtension);
  } catch {
    return null; // It is not installed.
  }
}

function createView(
  services: IServices,
  { model, toolbar }: IFactoryOptions,
  next: Next
): GitCompareView {
  const path = PathExt.join(model.repositoryPath ?? '', model.filename);
  if (model.hasConflict) {
    const { trans } = services;
    const button = new ToolbarButton({
      label: trans.__('Resolve by cell'),
      tooltip: trans.__('Open the conflicts in this notebook'),
      onClick: () => void openConflicts(services, path, next)
    });
    toolbar?.addItem('nbvc-resolve', button);
  }
  return new GitCompareView(services, model, path);
}
