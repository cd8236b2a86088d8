/** The item in the status bar: `main ↑1 ↓2 • 3 changed`. */
import { Widget } from '@lumino/widgets';
import type { ProjectModel } from '../project/model';
import { describeDistance, describeOperation, formatDistance } from '../project/words';
import type { IProject } from '../server/contract';
import type { IServices } from '../shared/services';

export class StatusItem extends Widget {
  constructor(
    private readonly _services: IServices,
    private readonly _model: ProjectModel,
    open: () => void
  ) {
    super({ node: document.createElement('button') });
    this.addClass('nbvc-Status');
    this.node.setAttribute('type', 'button');
    this.node.addEventListener('click', open);
    _model.changed.connect(() => this._show());
    this._show();
  }

  private _show(): void {
    const { project } = this._model;
    this.node.hidden = !project;
    if (project) {
      const text = this._describe(project);
      this.node.textContent = text;
      this.node.title = describeDistance(project, this._services.trans);
      this.node.setAttribute('aria-label', this._services.trans.__('Versions: %1', text));
      this.node.classList.toggle('nbvc-mod-running', project.running !== null);
    }
  }

  private _describe(project: IProject): string {
    const { trans } = this._services;
    const count = project.files.length + project.more;
    const where = [project.branch ?? trans.__('no branch'), formatDistance(project)];
    const what = project.running
      ? describeOperation(project.running, trans)
      : count
        ? trans.__('%1 changed', count)
        : '';
    return [where.filter(Boolean).join(' '), what].filter(Boolean).join(' • ');
  }
}
