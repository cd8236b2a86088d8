/** Elements of a page; a text always becomes text nodes, with unseen characters by name. */
import { splitNames } from './names';
import { showNames } from './naming';

type Attributes = Record<string, string | number | boolean | null | undefined>;
type Child = Node | string | null | undefined | false;

/** Attributes that a person reads. */
const SEEN = new Set(['title', 'alt', 'aria-label', 'placeholder']);

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
      const text = String(value);
      node.setAttribute(name, SEEN.has(name) ? showNames(text) : text);
    }
  }
  for (const child of children) {
    if (child) {
      node.append(...(typeof child === 'string' ? createTextNodes(child) : [child]));
    }
  }
  return node;
}

/** Return a text as nodes of a page, with unseen characters by name. */
export function createTextNodes(text: string): (Node | string)[] {
  return createShownNodes(showNames(text));
}

/** Return a text that was named before as nodes, with its names marked. */
export function createShownNodes(shown: string): (Node | string)[] {
  const parts = splitNames(shown);
  return parts.length === 1
    ? parts
    : parts.map((part, at) => (at % 2 ? createNameNode(part) : part)).filter(Boolean);
}

function createNameNode(name: string): HTMLElement {
  const node = document.createElement('span');
  node.className = 'nbvc-Name';
  node.textContent = name;
  return node;
}

/** Create a button that a screen reader knows by its label. */
export function createButton(
  label: string,
  className: string,
  onClick: (event: MouseEvent) => void,
  title?: string
): HTMLButtonElement {
  const node = h('button', { type: 'button', class: `nbvc-Button ${className}` }, label);
  node.title = showNames(title ?? '');
  node.setAttribute('aria-label', showNames(label));
  node.addEventListener('click', onClick);
  return node;
}

/** Create a check box that a screen reader knows by its label. */
export function createCheckBox(
  label: string,
  className: string,
  onChange: (isTicked: boolean) => void,
  attributes: Attributes = {}
): HTMLInputElement {
  const node = h('input', {
    type: 'checkbox',
    class: className,
    'aria-label': label,
    ...attributes
  });
  node.addEventListener('change', () => onChange(node.checked));
  return node;
}

export function clear(node: Element): void {
  node.replaceChildren();
}

/** Format a number of bytes for people. */
export function formatBytes(count: number): string {
  if (count < 1000) {
    return `${count} B`;
  }
  return count < 1e6 ? `${(count / 1e3).toFixed(1)} kB` : `${(count / 1e6).toFixed(1)} MB`;
}

/** Format a moment in the reader's language: `23 Nov 2026, 16:40`. */
export function formatMoment(iso: string | null | undefined): string {
  if (!iso) {
    return '';
  }
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) {
    return iso;
  }
  return date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

/** Format the time of day of a moment: `16:40`; empty if there is none. */
export function formatTime(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime())
    ? ''
    : date.toLocaleTimeString(undefined, { timeStyle: 'short' });
}

/** Format a moment as a distance from now: `5 minutes ago`. */
export function formatDistance(
  iso: string | null | undefined,
  now: number = Date.now()
): string {
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

/** Return keys as this computer calls them: `Accel` is Ctrl, or ⌘ on a Mac. */
export function nameKeys(keys: string, isMac: boolean): string {
  return isMac
    ? keys
        .replace(/Accel\+/g, '⌘')
        .replace(/Alt\+/g, '⌥')
        .replace(/Shift\+/g, '⇧')
    : keys.replace(/Accel/g, 'Ctrl');
}
