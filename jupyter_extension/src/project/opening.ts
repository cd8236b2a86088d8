/** Open what a file of the repository has to show: its lines that changed, or its conflicts. */
import { PathExt } from '@jupyterlab/coreutils';
import * as server from '../server/calls';
import type { IProjectFile } from '../server/contract';
import { tellChange } from '../shared/happened';
import { compareIcon } from '../shared/icons';
import { openView, revealView } from '../shared/place';
import type { IServices } from '../shared/services';
import { TextConflictView } from './textconflict';
import { TextDiffView } from './textdiff';

let opened = 0;

/** Open what changed in a text file; `path` is any path in the repository. */
export function openTextDiff(services: IServices, path: string, file: IProjectFile): void {
  const { app, trans, documents } = services;
  const key = `text ${file.name}`;
  const shown = revealView(app, key);
  if (shown instanceof TextDiffView) {
    void shown.refresh();
    return;
  }
  const there = file.kind === 'deleted' ? null : file.path;
  const view = new TextDiffView({
    trans,
    name: file.name,
    load: () => server.compareText(path, file.name),
    open: there && documents ? () => void documents.openOrReveal(there) : null
  });
  const title = trans.__('Changes in %1', PathExt.basename(file.name));
  openView(
    app,
    view,
    { id: `nbvc-text-${++opened}`, title, caption: file.name, icon: compareIcon, key },
    trans
  );
  void view.refresh();
}

/** Open the conflicts of a text file; `next` returns buttons for what comes after. */
export function openTextConflict(
  services: IServices,
  path: string,
  name: string,
  next: () => Promise<HTMLElement[]>
): void {
  const { app, trans } = services;
  const key = `text conflict ${name}`;
  if (revealView(app, key)) {
    return;
  }
  const view: TextConflictView = new TextConflictView({
    trans,
    load: () => server.readTextConflict(path, name),
    settle: async (expected, decided) => {
      await server.settleText({ path, name, expected, ...decided });
      tellChange();
    },
    next
  });
  void view.load();
  const title = trans.__('Conflicts in %1', PathExt.basename(name));
  openView(
    app,
    view,
    { id: `nbvc-text-${++opened}`, title, caption: name, icon: compareIcon, key },
    trans
  );
}
