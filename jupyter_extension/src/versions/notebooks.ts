import { InputDialog } from '@jupyterlab/apputils';
import { FileDialog } from '@jupyterlab/filebrowser';
import { serverPath } from '../live/document';
import type { IServices } from '../shared/services';

/** Ask for another notebook; null if nothing was chosen. */
export async function chooseNotebook(
  services: IServices,
  path: string
): Promise<string | null> {
  const { trans, documents, app } = services;
  const title = trans.__('Compare with which notebook?');
  if (!documents) {
    const answer = await InputDialog.getText({ title, placeholder: 'folder/notebook.ipynb' });
    return answer.button.accept && answer.value ? answer.value : null;
  }
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  const result = await FileDialog.getOpenFiles({
    manager: documents,
    title,
    defaultPath: folder,
    filter: model => (model.type === 'notebook' ? {} : null)
  });
  const chosen = result.button.accept ? result.value?.[0] : null;
  return chosen ? serverPath(app.serviceManager.contents, chosen.path) : null;
}
