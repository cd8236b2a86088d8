import { describe, expect, it } from 'vitest';
import type { ITable } from '../diff/format';
import { markTables } from './marking';

const HEAD = '<thead><tr><th></th><th>a</th><th>b</th></tr></thead>';

function draw(rows: string[][], head = HEAD): HTMLElement {
  const host = document.createElement('div');
  const body = rows.map(([label, ...values]) => {
    const cells = values.map(value => `<td>${value}</td>`).join('');
    return `<tr><th>${label}</th>${cells}</tr>`;
  });
  host.innerHTML = `<table>${head}<tbody>${body.join('')}</tbody></table>`;
  return host;
}

const readMarks = (host: HTMLElement): (string | null)[] =>
  [...host.querySelectorAll('.nbvc-mod-changed')].map(node => node.textContent);

function mark(change: Partial<ITable>, head = HEAD): [number, unknown, unknown] {
  const before = draw([['0', '1', '2'], ['1', '3', '4']], head); // prettier-ignore
  const after = draw([['0', '1', '5'], ['1', '3', '4']], head); // prettier-ignore
  const tables = [{ before: 0, after: 0, ...change }];
  const told = { kind: 'table' as const, same: false, summary: '', tables };
  const text = { kind: 'bytes' as const, same: false, summary: '', also: [told] };
  const left = markTables(before, after, text);
  return [left, readMarks(before), readMarks(after)];
}

describe('marks in tables are those of the server', () => {
  it('for values, at their places', () => {
    const value = { row: '0', column: 'b', before: '2', after: '5' };
    const places = { before_at: [1, 2], after_at: [1, 2] } as const;
    const values = [{ ...value, ...places }] as unknown as ITable['values'];
    expect(mark({ changed: 1, of: 4, values })).toEqual([0, ['2'], ['5']]);
    expect(mark({ changed: 9, of: 9, values })[0]).toBe(8);
  });
  it.each([HEAD, '', '<tr><th></th><th>a</th><th>b</th></tr>'])('for rows, below %j', head => {
    const rows_added = [{ name: '1', index: 1 }];
    const rows_removed = [{ name: '0', index: 0 }];
    expect(mark({ rows_added, rows_removed }, head)).toEqual([
      0,
      ['0', '1', '2'],
      ['1', '3', '4']
    ]);
  });
  it('for columns, without the labels of the rows', () => {
    const columns_added = [{ name: 'b', index: 1 }];
    expect(mark({ columns_added })).toEqual([0, [], ['b', '5', '4']]);
  });
  it('for nothing that the server does not name', () => {
    expect(mark({ styled: true })).toEqual([0, [], []]);
    expect(markTables(draw([['0', '1']]), draw([['0', '2']]), undefined)).toBe(0);
  });
});
