import { createButton, h } from '../shared/dom';

/** A note that work is going on, with the seconds so far and a button to stop it. */
export class Waiting {
  readonly node: HTMLElement;
  private readonly _timer: number;

  constructor(text: string, cancel: string, onCancel: () => void) {
    const seconds = h('span', { class: 'nbvc-Waiting-time' });
    this.node = h(
      'div',
      { class: 'nbvc-Waiting', role: 'status' },
      h('span', { class: 'nbvc-Spinner', 'aria-hidden': 'true' }),
      h('span', {}, text),
      seconds,
      createButton(cancel, 'nbvc-Waiting-cancel', onCancel)
    );
    const start = Date.now();
    this._timer = window.setInterval(() => {
      seconds.textContent = `${Math.round((Date.now() - start) / 1000)} s`;
    }, 1000);
  }

  dispose(): void {
    window.clearInterval(this._timer);
    this.node.remove();
  }
}
