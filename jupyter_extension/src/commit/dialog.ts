/** One dialog from the message to the pushed commit: it stays open and shows the progress. */
import { Dialog } from '@jupyterlab/apputils';
import type { IServices } from '../shared/services';
import { notify } from '../shared/tell';
import type { ICommitTarget } from './target';
import { CommitWork } from './work';

let isOpen = false;

/** Open the dialog, one at a time: Jupyter would show a second one after the first. */
export function openCommitDialog(services: IServices, target: ICommitTarget): void {
  if (isOpen) {
    return;
  }
  isOpen = true;
  const dialog = new CommitDialog(services, target);
  void dialog
    .launch()
    .catch(() => undefined)
    .finally(() => {
      isOpen = false;
    });
}

/** Milliseconds for which a result stays in sight before the dialog closes by itself. */
const STAYS = 5000;

class CommitDialog extends Dialog<void> {
  private readonly _work: CommitWork;
  private _timer = 0;

  constructor(services: IServices, target: ICommitTarget) {
    const { trans } = services;
    const work = new CommitWork(services, target);
    super({
      title: trans.__('Commit %1', target.name),
      body: work,
      hasClose: true,
      defaultButton: 1,
      focusNodeSelector: '.nbvc-Commit-message',
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Commit and push') })
      ]
    });
    this._work = work;
    this.addClass('nbvc-CommitDialog');
    work.finish = () => {
      window.clearTimeout(this._timer);
      super.resolve(0);
    };
    work.succeed = text => this._closeSoon(text);
    work.label = (button, text, isOff) => this._label(button, text, isOff);
    work.settle = () => this._keepFocus();
    work.rename = title => this._rename(title);
    void work.load();
  }

  /** The button for going on does not close the dialog before all is done. */
  override resolve(index?: number): void {
    if ((index ?? 1) === 1) {
      this._work.accept();
    } else {
      this.reject();
    }
  }

  override reject(): void {
    window.clearTimeout(this._timer);
    this._work.leave();
    super.reject();
  }

  /** Close after a while, unless somebody is still here; a message says what became of it. */
  private _closeSoon(text: string): void {
    const stay = (): void => window.clearTimeout(this._timer);
    for (const event of ['pointermove', 'keydown', 'wheel']) {
      this.node.addEventListener(event, stay);
    }
    stay();
    this._timer = window.setTimeout(() => {
      if (!this.isDisposed) {
        notify(text);
        this._work.finish();
      }
    }, STAYS);
  }

  private _label(button: 'accept' | 'reject', text: string, isOff: boolean): void {
    const node = this.node.querySelector<HTMLButtonElement>(
      `.jp-Dialog-button.jp-mod-${button}`
    );
    const label = node?.querySelector('.jp-Dialog-buttonLabel');
    if (node && label) {
      label.textContent = text;
      node.setAttribute('aria-label', text);
      node.disabled = isOff;
    }
  }

  private _rename(title: string): void {
    const text = this.node.querySelector('.jp-Dialog-header')?.firstChild;
    if (text?.nodeType === Node.TEXT_NODE) {
      text.nodeValue = title;
    }
  }

  /** Give the focus to the accept button if the element that had it is disabled or out of sight. */
  private _keepFocus(): void {
    const active = document.activeElement;
    const isLost =
      !active || active === document.body || active.matches(':disabled, [hidden] *');
    if (isLost) {
      this.node
        .querySelector<HTMLElement>('.jp-Dialog-button.jp-mod-accept:not(:disabled)')
        ?.focus();
    }
  }
}
