/** One stop of the Tab key for many elements: arrow keys go from one to the next. */

const KEYS: Record<string, (at: number, count: number) => number> = {
  ArrowRight: (at, count) => Math.min(at + 1, count - 1),
  ArrowDown: (at, count) => Math.min(at + 1, count - 1),
  ArrowLeft: at => Math.max(at - 1, 0),
  ArrowUp: at => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_, count) => count - 1
};

/** Make the elements that a selector finds in a host one stop; `keys` are those that it listens to. */
export function rove(host: HTMLElement, selector: string, keys: readonly string[]): void {
  const find = (): HTMLElement[] =>
    [...host.querySelectorAll<HTMLElement>(selector)].filter(node => !node.hidden);
  const stopAt = (current: Element | null): void => {
    const all = find();
    const stop = all.find(node => node === current) ?? all[0];
    all.forEach(node => (node.tabIndex = node === stop ? 0 : -1));
  };
  host.addEventListener('focusin', event => {
    const current = (event.target as Element).closest(selector);
    if (current) {
      stopAt(current);
    }
  });
  host.addEventListener('keydown', event => {
    const all = find();
    const at = all.indexOf(event.target as HTMLElement);
    if (at >= 0 && keys.includes(event.key)) {
      event.preventDefault();
      event.stopPropagation();
      all[KEYS[event.key](at, all.length)].focus();
    }
  });
  stopAt(null);
}

/** Keys for a row of buttons. */
export const SIDEWAYS = ['ArrowLeft', 'ArrowRight', 'Home', 'End'];
/** Keys for a column. */
export const UPRIGHT = ['ArrowUp', 'ArrowDown', 'Home', 'End'];
