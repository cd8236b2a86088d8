/** nbvc's comparison in a tab of jupyterlab-git. */
import type { IDiffWidget, IModel } from '@jupyterlab/git';
import type { IServices } from '../shared/services';
import * as server from '../server/calls';
import { NbvcError } from '../shared/error';
import { readSide } from './gitside';
import { CompareView } from './view';

export class GitCompareView extends CompareView implements IDiffWidget {
  constructor(
    private readonly _services: IServices,
    private readonly _model: IModel,
    private readonly _path: string
  ) {
    const { trans, rendermime, languages, settings } = _services;
    super({
      trans,
      rendermime,
      languages,
      view: settings.current.compare,
      load: async signal => {
        const [before, after] = await Promise.all([
          readSide(_model.reference, trans),
          readSide(_model.challenger, trans)
        ]);
        const answer = await server.compareSides(_path, before.side, after.side, signal);
        answer.before.label = before.label;
        answer.after.label = after.label;
        return answer;
      },
      actions: { remember: view => void settings.rememberView(view) }
    });
    _model.changed.connect(this._onChanged, this);
  }

  /** False in a merge: conflicts are resolved in nbvc's own view, which saves the file itself. */
  get isFileResolved(): boolean {
    return !this._model.hasConflict;
  }

  /** Return the file on the disk. Throws while it has conflicts. */
  async getResolvedFile(): Promise<{ type: string; format: string; content: unknown }> {
    const { app, trans } = this._services;
    const { conflicts, kind } = await server.openConflicts(this._path);
    if (conflicts.length || kind === 'git') {
      throw new NbvcError(trans.__('Resolve its conflicts first.'));
    }
    const file = await app.serviceManager.contents.get(this._path, { type: 'notebook' });
    return { type: 'notebook', format: 'json', content: file.content };
  }

  override dispose(): void {
    this._model.changed.disconnect(this._onChanged, this);
    super.dispose();
  }

  private _onChanged(): void {
    this.markStale();
  }
}
