/** The history of a notebook: a slider over its commits and checkpoints. */
import type { Extension } from '@codemirror/state';
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { codeMimetype } from '../compare/context';
import { untrusted } from '../compare/safe';
import type { ICell } from '../diff/format';
import { button, clear, h, moment } from '../dom';
import type { IBlame, IVersion, IVersionContent } from '../server/contract';
import { NbvcError } from '../server/request';
import { Cells, keyOf } from './cells';

export interface IHistoryOptions {
  trans: TranslationBundle;
  rendermime: IRenderMimeRegistry;
  languages: IEditorLanguageRegistry | null;
  versions: () => Promise<IVersion[]>;
  content: (version: IVersion) => Promise<IVersionContent>;
  compare: (version: IVersion, other: IVersion | null) => void;
  choose: (version: IVersion) => void;
  restore: (version: IVersion) => Promise<boolean>;
  /** Who wrote the cell that is active in the editor; null where no editor is open. */
  blame: (() => Promise<{ cell: number; blame: IBlame }>) | null;
}

/** Milliseconds that a version is in sight while the history plays. */
const PACE = 900;
/** Versions kept at hand around the one that is shown. */
const KEPT = 24;

export class HistoryView extends Widget {
  private readonly _slider = h('input', {
    type: 'range',
    class: 'nbvc-History-slider',
    min: 0,
    max: 0,
    step: 1
  });
  private readonly _caption = h('div', {
    class: 'nbvc-History-caption',
    'aria-live': 'polite'
  });
  private readonly _blame = h('div', { class: 'nbvc-History-blame', role: 'status' });
  private readonly _play: HTMLButtonElement;
  private readonly _cells: Cells;
  private readonly _contents = new Map<string, Promise<IVersionContent>>();
  private _versions: IVersion[] = [];
  private _timer = 0;
  private _wanted = -1;
  private _code: Extension = [];

  constructor(private readonly _options: IHistoryOptions) {
    super();
    this.addClass('nbvc-History');
    const { trans } = _options;
    this._cells = new Cells({
      trans,
      rendermime: untrusted(_options.rendermime),
      code: () => this._code
    });
    this._slider.setAttribute('aria-label', trans.__('Version'));
    this._slider.addEventListener('input', () => this._go(Number(this._slider.value)));
    this._play = this._button(trans.__('Play'), '▶', () => this._toggle());
    this.node.append(this._bar(), this._caption, this._blame, this._cells.node);
    this._setState('loading');
  }

  /** Ask for the versions and show the newest. */
  async refresh(): Promise<void> {
    this._setState('loading');
    try {
      this._versions = (await this._options.versions()).reverse();
      this._slider.max = String(Math.max(this._versions.length - 1, 0));
      if (!this._versions.length) {
        const { trans } = this._options;
        clear(this._caption);
        this._caption.append(trans.__('This notebook has no commit and no checkpoint yet.'));
        this._setState('ready');
        return;
      }
      await this._show(this._versions.length - 1);
    } catch (error) {
      this._fail(error);
    }
  }

  override dispose(): void {
    this._stop();
    this._cells.dispose();
    super.dispose();
  }

  private get _current(): IVersion | undefined {
    return this._versions[this._wanted];
  }

  private _bar(): HTMLElement {
    const { trans } = this._options;
    const last = (): number => this._versions.length - 1;
    const act = (work: (version: IVersion) => void) => () => {
      if (this._current) {
        work(this._current);
      }
    };
    return h(
      'div',
      { class: 'nbvc-History-bar', role: 'toolbar', 'aria-label': trans.__('History') },
      this._button(trans.__('First version'), '«', () => this._go(0)),
      this._button(trans.__('Previous version'), '‹', () => this._go(this._wanted - 1)),
      this._play,
      this._button(trans.__('Next version'), '›', () => this._go(this._wanted + 1)),
      this._button(trans.__('Last version'), '»', () => this._go(last())),
      this._slider,
      button(trans.__('What changed here'), '', () => {
        const [version, before] = [this._current, this._versions[this._wanted - 1]];
        if (version) {
          this._options.compare(before ?? version, before ? version : null);
        }
      }),
      button(
        trans.__('Compare with now'),
        '',
        act(version => this._options.compare(version, null))
      ),
      button(
        trans.__('Compare with…'),
        '',
        act(version => this._options.choose(version))
      ),
      button(
        trans.__('Restore this version'),
        'nbvc-History-restore',
        act(version => void this._options.restore(version))
      ),
      this._options.blame &&
        button(
          trans.__('Who wrote the current cell?'),
          'nbvc-History-who',
          () => void this._who()
        )
    );
  }

  private _button(label: string, sign: string, act: () => void): HTMLButtonElement {
    const node = button(sign, 'nbvc-History-step', () => {
      if (node !== this._play) {
        this._stop();
      }
      act();
    });
    node.setAttribute('aria-label', label);
    node.title = label;
    return node;
  }

  private _go(index: number): void {
    if (index >= 0 && index < this._versions.length) {
      void this._show(index).catch(error => this._fail(error));
    }
  }

  private _toggle(): void {
    if (this._timer) {
      this._stop();
      return;
    }
    const start = this._wanted >= this._versions.length - 1 ? 0 : this._wanted + 1;
    this._play.setAttribute('aria-pressed', 'true');
    const step = async (index: number): Promise<void> => {
      await this._show(index);
      if (this._timer && index < this._versions.length - 1) {
        this._timer = window.setTimeout(() => void step(index + 1), PACE);
      } else {
        this._stop();
      }
    };
    this._timer = window.setTimeout(() => void step(start).catch(e => this._fail(e)), 0);
  }

  private _stop(): void {
    window.clearTimeout(this._timer);
    this._timer = 0;
    this._play.setAttribute('aria-pressed', 'false');
  }

  private async _show(index: number): Promise<void> {
    const version = this._versions[index];
    if (!version) {
      return;
    }
    this._wanted = index;
    this._slider.value = String(index);
    this._slider.setAttribute('aria-valuetext', titleOf(version));
    this._describe(version, index);
    const before = this._versions[index - 1];
    const content = await this._content(version);
    const old = before && (await this._content(before).catch(() => null));
    if (this._wanted !== index || this.isDisposed) {
      return; // the slider has moved on
    }
    await this._findLanguage(content);
    const known = new Set((old?.notebook.cells ?? []).map(keyOf));
    const cells: readonly ICell[] = content.notebook.cells;
    this._cells.show(cells, cell => Boolean(old) && !known.has(keyOf(cell)));
    this.node.dataset.nbvcShown = version.id;
    this._setState('ready');
    for (const near of [index + 1, index - 2, index + 2]) {
      const other = this._versions[near];
      if (other) {
        void this._content(other).catch(() => undefined);
      }
    }
  }

  private _content(version: IVersion): Promise<IVersionContent> {
    const key = `${version.kind} ${version.id}`;
    const known = this._contents.get(key);
    const found = known ?? this._options.content(version);
    this._contents.delete(key);
    this._contents.set(key, found);
    found.catch(() => this._contents.delete(key));
    while (this._contents.size > KEPT) {
      this._contents.delete([...this._contents.keys()][0]);
    }
    return found;
  }

  private _describe(version: IVersion, index: number): void {
    const { trans } = this._options;
    clear(this._caption);
    this._caption.append(
      h('span', { class: 'nbvc-History-number' }, `${index + 1} / ${this._versions.length}`),
      h(
        'span',
        { class: `nbvc-History-kind nbvc-mod-${version.kind}` },
        version.kind === 'commit' ? trans.__('Commit') : trans.__('Checkpoint')
      ),
      h('code', {}, version.short),
      h('strong', {}, titleOf(version)),
      h('span', {}, `${version.author.replace(/ <[^>]*>$/, '')}, ${moment(version.time)}`)
    );
  }

  private async _findLanguage(content: IVersionContent): Promise<void> {
    try {
      const mime = codeMimetype(content.notebook);
      this._code = (await this._options.languages?.getLanguage(mime))?.support ?? [];
    } catch {
      this._code = [];
    }
  }

  private async _who(): Promise<void> {
    const { trans, blame } = this._options;
    try {
      const found = await blame?.();
      if (!found) {
        return;
      }
      const said = (one: IBlame['source']): string =>
        one
          ? trans.__(
              '%1, %2: %3',
              one.author,
              moment(one.time),
              one.message.split('\n')[0] ?? ''
            )
          : trans.__('not committed yet');
      const { source, outputs } = found.blame;
      this._blame.textContent = [
        trans.__('Cell %1, source by %2', found.cell + 1, said(source)),
        outputs ? trans.__('outputs by %1', said(outputs)) : ''
      ]
        .filter(Boolean)
        .join('; ');
    } catch (error) {
      this._blame.textContent = NbvcError.from(error).message;
    }
  }

  private _fail(error: unknown): void {
    this._stop();
    if (!this.isDisposed) {
      const problem = NbvcError.from(error);
      this._caption.textContent = [problem.message, problem.hint].filter(Boolean).join(' ');
      this._setState('error');
    }
  }

  private _setState(state: 'loading' | 'ready' | 'error'): void {
    this.node.dataset.nbvcState = state;
  }
}

function titleOf(version: IVersion): string {
  return version.message.split('\n')[0] ?? version.short;
}
