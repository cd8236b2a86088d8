/** Where the panel is: at the left of JupyterLab, at the right of Notebook 7. */
import { openComparison } from '../compare/opening';
import { openConflicts } from '../conflict/opening';
import { ProjectModel } from '../project/model';
import { openTextConflict, openTextDiff } from '../project/opening';
import { labelStep } from '../project/words';
import type { IProjectFile } from '../server/contract';
import { createButton } from '../shared/dom';
import { closeOverlay } from '../shared/place';
import type { IServices } from '../shared/services';
import { notifyProblem } from '../shared/tell';
import { VersionsPanel } from './panel';

const RANK = 250;

export class Versions {
  readonly model: ProjectModel;
  readonly panel: VersionsPanel;

  constructor(private readonly _services: IServices) {
    this.model = new ProjectModel(_services);
    this.panel = new VersionsPanel({
      services: _services,
      model: this.model,
      open: file => this.openFile(file)
    });
    const { app } = _services;
    app.shell.add(this.panel, app.name === 'JupyterLab' ? 'left' : 'right', { rank: RANK });
  }

  /** Bring the panel to the front, with the focus in it. */
  show(): void {
    closeOverlay();
    this._services.app.shell.activateById(this.panel.id);
  }

  /** Open what changed in a file, or its conflicts. */
  openFile(file: IProjectFile): void {
    try {
      if (file.open || file.kind === 'conflict') {
        this._openConflict(file);
      } else if (file.name.endsWith('.ipynb') && file.path !== null) {
        this._compare(file, file.path);
      } else {
        openTextDiff(this._services, this.model.path, file);
      }
    } catch (error) {
      notifyProblem(error);
    }
  }

  private _compare(file: IProjectFile, path: string): void {
    const { trans } = this._services;
    openComparison(this._services, {
      path,
      before: file.kind === 'added' ? { side: { kind: 'empty' } } : { side: { kind: 'head' } },
      after:
        file.kind === 'deleted'
          ? { side: { kind: 'empty' }, label: trans.__('Deleted') }
          : { side: 'now' }
    });
  }

  private _openConflict(file: IProjectFile): void {
    if (file.name.endsWith('.ipynb') && file.path !== null) {
      openConflicts(this._services, file.path, this.next);
    } else {
      openTextConflict(this._services, this.model.path, file.name, this.next);
    }
  }

  /** Return buttons for what comes after a file is resolved. */
  readonly next = async (): Promise<HTMLElement[]> => {
    const { trans } = this._services;
    await this.model.refresh();
    const { project } = this.model;
    const left = project?.files.filter(file => file.open) ?? [];
    if (left.length) {
      return left.map(file =>
        createButton(trans.__('Resolve %1', file.name), '', () => this.openFile(file))
      );
    }
    const running = project?.running;
    if (!running?.steps.includes('continue')) {
      return [createButton(trans.__('Show the changed files'), '', () => this.show())];
    }
    const label = labelStep('continue', running, this.panel.wantsPush, trans);
    return [
      createButton(label, 'nbvc-mod-main nbvc-Conflicts-finish', () => {
        this.show();
        void this.panel.step('continue');
      })
    ];
  };
}
