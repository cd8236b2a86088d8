/** A view in which conflicts are decided: what is left, Undo, Save, and what became of saving. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { drawError } from '../drawing/problem';
import { createButton, h } from '../shared/dom';
import { NbvcError } from '../shared/error';

interface IDeciding {
  readonly left: number;
  readonly canUndo: boolean;
  undo(): void;
}

export abstract class DecidingView<T extends IDeciding> extends Widget {
  protected readonly left = h('div', { class: 'nbvc-Conflicts-left', role: 'status' });
  protected readonly bar = h('div', { class: 'nbvc-Conflicts-bar' });
  protected readonly list = h('div', { class: 'nbvc-Conflicts-list', tabindex: '0' });
  protected readonly message = h('div', {
    class: 'nbvc-Conflicts-message',
    'aria-live': 'polite'
  });
  protected readonly undo: HTMLButtonElement;
  protected readonly save: HTMLButtonElement;
  /** Show one part as it is decided now. */
  protected readonly updates: (() => void)[] = [];
  /** The decisions; null as long as the conflicts are not loaded, or if there is nothing to decide. */
  protected deciding: T | null = null;

  constructor(protected readonly trans: TranslationBundle) {
    super();
    this.addClass('nbvc-Conflicts');
    this.undo = createButton(trans.__('Undo'), 'nbvc-Conflicts-undo', () => {
      this.deciding?.undo();
      this.showDecided();
    });
    this.save = createButton(
      trans.__('Save and mark resolved'),
      'nbvc-Conflicts-save',
      () => void this.saveDecided()
    );
    this.bar.append(this.left, h('span', { class: 'nbvc-Spacer' }), this.undo, this.save);
    this.node.append(this.bar, this.message, this.list);
    this.setState('loading');
  }

  /** Save; called when nothing is left to decide. */
  protected abstract saveAll(deciding: T): Promise<void>;

  protected showDecided(): void {
    const { deciding, trans } = this;
    this.updates.forEach(update => update());
    const left = deciding?.left ?? 0;
    this.left.textContent = !deciding
      ? trans.__('Looking for conflicts…')
      : left
        ? trans._n('%1 conflict left', '%1 conflicts left', left)
        : trans.__('No conflict left');
    this.left.dataset.nbvcLeft = String(left);
    this.undo.disabled = !deciding?.canUndo;
    this.save.disabled = !deciding || left > 0;
    this.save.title = left ? trans.__('Decide on every conflict first') : '';
  }

  protected async saveDecided(): Promise<void> {
    if (this.deciding && !this.deciding.left) {
      await this.saveAll(this.deciding);
    }
  }

  /** Do the last step, and show in place of the conflicts what it returns; the first gets the focus. */
  protected async finish(
    act: () => Promise<{ text: string; next: readonly HTMLElement[] }>
  ): Promise<void> {
    this.setState('saving');
    this.save.disabled = true;
    try {
      const { text, next } = await act();
      this.message.replaceChildren(h('p', { class: 'nbvc-Good' }, text), ...next);
      next[0]?.focus();
      this.list.replaceChildren();
      this.hideBar();
      this.setState('saved');
    } catch (error) {
      this.fail(error);
      this.showDecided();
    }
  }

  /** Hide what can no longer be done once all is saved. */
  protected hideBar(): void {
    this.bar.hidden = true;
  }

  protected fail(error: unknown): void {
    this.message.replaceChildren(drawError(NbvcError.from(error), this.trans));
    // Without conflicts there is nothing to save.
    this.bar.hidden = !this.deciding;
    this.setState('error');
  }

  protected setState(state: 'loading' | 'ready' | 'saving' | 'saved' | 'error'): void {
    this.node.dataset.nbvcState = state;
    this.node.setAttribute('aria-busy', String(state === 'loading' || state === 'saving'));
  }
}
