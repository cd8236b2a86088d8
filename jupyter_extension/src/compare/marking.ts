/** Marks on what is drawn already: cells of tables, and blocks of text. */
import type { ITable, Meaning } from '../diff/format';

/**
 * Mark what changed in drawn tables. Returns how many changed values are not in the list that the
 * server sends, which is cut short.
 */
export function markTables(
  before: HTMLElement,
  after: HTMLElement,
  meaning: Meaning | undefined
): number {
  const [olds, news] = [before, after].map(side => side.querySelectorAll('table'));
  let left = 0;
  for (const one of [meaning, ...(meaning?.also ?? [])]) {
    for (const table of one?.kind === 'table' ? (one.tables ?? []) : []) {
      markTable(olds[table.before ?? -1], table, 'before');
      markTable(news[table.after ?? -1], table, 'after');
      left += (table.changed ?? 0) - (table.values ?? []).length;
    }
  }
  return left;
}

function markTable(
  table: HTMLTableElement | undefined,
  change: ITable,
  side: 'before' | 'after'
): void {
  const isOld = side === 'before';
  const rows = [...(table?.rows ?? [])];
  const heads = findHeads(rows);
  const body = rows.filter(row => row.cells.length && !heads.includes(row));
  const labels = Math.min(...body.map(countLabels));
  const marked: (Element | undefined)[] = [];
  for (const value of change.values ?? []) {
    const [row, cell] = isOld ? value.before_at : value.after_at;
    marked.push(rows[row]?.cells[cell]);
  }
  for (const { index } of (isOld ? change.rows_removed : change.rows_added) ?? []) {
    marked.push(...(body[index]?.cells ?? []));
  }
  for (const { index } of (isOld ? change.columns_removed : change.columns_added) ?? []) {
    marked.push(...[...heads, ...body].map(row => row.cells[labels + index]));
  }
  marked.forEach(cell => cell?.classList.add('nbvc-mod-changed'));
}

/** Return the rows that the server takes for the header: of headings alone, in it or on top. */
function findHeads(rows: readonly HTMLTableRowElement[]): HTMLTableRowElement[] {
  const isHeading = (row: HTMLTableRowElement): boolean =>
    row.cells.length > 0 && ![...row.cells].some(isValue);
  const inHead = rows.filter(row => row.parentElement?.tagName === 'THEAD');
  if (inHead.length) {
    return inHead.filter(isHeading);
  }
  const first = rows.findIndex(row => !isHeading(row));
  return rows.length > 1 ? rows.slice(0, first < 0 ? rows.length : first) : [];
}

/** Return how many headings a row begins with. */
function countLabels(row: HTMLTableRowElement): number {
  const first = [...row.cells].findIndex(isValue);
  return first < 0 ? row.cells.length : first;
}

function isValue(cell: Element): boolean {
  return cell.tagName === 'TD';
}

/** Mark the paragraphs, headings and items that the other side does not have. */
export function markBlocks(before: HTMLElement, after: HTMLElement): void {
  const blocks = (side: HTMLElement): HTMLElement[] =>
    [...side.querySelectorAll<HTMLElement>('.jp-RenderedMarkdown > *, li')].filter(
      node => !node.querySelector('li')
    );
  const [a, b] = [blocks(before), blocks(after)];
  const mark = (nodes: HTMLElement[], others: HTMLElement[]): void => {
    const known = new Set(others.map(node => node.innerHTML));
    for (const node of nodes) {
      node.classList.toggle('nbvc-mod-changed', !known.has(node.innerHTML));
    }
  };
  mark(a, b);
  mark(b, a);
}

/** Two columns that are wider or longer than their place go along with each other. */
export function scrollTogether(before: HTMLElement, after: HTMLElement): void {
  const lead = (from: HTMLElement, to: HTMLElement): void =>
    from.addEventListener(
      'scroll',
      () => {
        // Who is scrolled leads; the other one may be shorter, and must not pull it back.
        if (from.matches(':hover, :focus, :focus-within')) {
          to.scrollLeft = from.scrollLeft;
          to.scrollTop = from.scrollTop;
        }
      },
      { passive: true }
    );
  lead(before, after);
  lead(after, before);
  // Called after the next layout: asking for it now would lay out every table by itself.
  new ResizeObserver((_, laidOut) => {
    laidOut.disconnect();
    reveal(before, after);
  }).observe(before);
}

/** Where the first change of a wide table is out of sight, go there. */
function reveal(...columns: HTMLElement[]): void {
  const marks = columns.map(column => column.querySelector<HTMLElement>('.nbvc-mod-changed'));
  const places = columns.map((column, at) => {
    const mark = marks[at];
    return mark ? mark.getBoundingClientRect().right - column.getBoundingClientRect().left : 0;
  });
  const [place, room] = [Math.max(...places), columns[0].clientWidth];
  if (place > room && room > 0) {
    columns.forEach(column => (column.scrollLeft = place - room / 2));
  }
}
