/** Marks on what is drawn already: cells of tables, and blocks of text. */
import { changedCells } from '../diff/tables';

/** Mark the cells of drawn tables whose text differs. */
export function markTables(before: HTMLElement, after: HTMLElement): void {
  const [a, b] = [before, after].map(side => [...side.querySelectorAll('table')]);
  a.forEach((table, at) => {
    const other = b[at];
    if (other) {
      const changed = changedCells(tableTexts(table), tableTexts(other));
      markCells(table, changed.before);
      markCells(other, changed.after);
    }
  });
}

function tableTexts(table: HTMLTableElement): string[][] {
  return [...table.rows].map(row => [...row.cells].map(cell => cell.textContent?.trim() ?? ''));
}

function markCells(table: HTMLTableElement, keys: ReadonlySet<string>): void {
  [...table.rows].forEach((row, i) =>
    [...row.cells].forEach((cell, j) => {
      cell.classList.toggle('nbvc-mod-changed', keys.has(`${i},${j}`));
    })
  );
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
  reveal(before, after);
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
