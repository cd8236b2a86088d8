/** Small pieces of a page; texts always become text nodes. */

type Attributes = Record<string, string | number | boolean | null | undefined>;
type Child = Node | string | null | undefined | false;

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) {
      node.setAttribute(name, '');
    } else if (value !== false && value !== null && value !== undefined) {
      node.setAttribute(name, String(value));
    }
  }
  node.append(...children.filter((child): child is Node | string => Boolean(child)));
  return node;
}

/** A button that a keyboard and a screen reader know by its label. */
export function button(
  label: string,
  className: string,
  onClick: (event: MouseEvent) => void,
  title?: string
): HTMLButtonElement {
  const node = h('button', { type: 'button', class: `nbvc-Button ${className}` }, label);
  node.title = title ?? '';
  node.setAttribute('aria-label', label);
  node.addEventListener('click', onClick);
  return node;
}

export function clear(node: Element): void {
  node.replaceChildren();
}

/** Bytes for people. */
export function bytes(count: number): string {
  if (count < 1000) {
    return `${count} B`;
  }
  return count < 1e6 ? `${(count / 1e3).toFixed(1)} kB` : `${(count / 1e6).toFixed(1)} MB`;
}

/** A moment for people, in their language: `23 Nov 2026, 16:40`. */
export function moment(iso: string | null | undefined): string {
  if (!iso) {
    return '';
  }
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) {
    return iso;
  }
  return date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

/** A moment as a distance from now: `5 minutes ago`. */
export function ago(iso: string | null | undefined, now: number = Date.now()): string {
  const time = iso ? Date.parse(iso) : NaN;
  if (Number.isNaN(time)) {
    return '';
  }
  const format = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
  const seconds = Math.round((time - now) / 1000);
  const units: [Intl.RelativeTimeFormatUnit, number][] = [
    ['year', 31557600],
    ['month', 2629800],
    ['week', 604800],
    ['day', 86400],
    ['hour', 3600],
    ['minute', 60]
  ];
  for (const [unit, length] of units) {
    if (Math.abs(seconds) >= length) {
      return format.format(Math.trunc(seconds / length), unit);
    }
  }
  return format.format(0, 'second');
}
