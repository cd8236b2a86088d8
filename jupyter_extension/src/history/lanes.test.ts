import { describe, expect, it } from 'vitest';
import type { INode } from './lanes';
import { layOutLanes } from './lanes';

const node = (id: string, ...parents: string[]): INode => ({ ids: [id], parents });
const places = (...rows: (INode | null)[]): number[] => layOutLanes(rows).map(({ at }) => at);

describe('the lines beside the versions', () => {
  it('are one line for one version after the other', () => {
    expect(places(node('c', 'b'), null, node('b', 'a'), node('a'))).toEqual([0, -1, 0, 0]);
    const [first, day, , last] = layOutLanes([node('c', 'b'), null, node('b', 'a'), node('a')]);
    expect(first.lines).toEqual([{ from: 0, to: 0, half: 'lower' }]);
    expect(day.lines.map(({ half }) => half)).toEqual(['upper', 'lower']);
    expect(last.lines).toEqual([{ from: 0, to: 0, half: 'upper' }]);
  });

  it('part at a merge and join at the base', () => {
    const rows = [
      node('merge', 'mine', 'theirs'),
      node('mine', 'base'),
      node('theirs', 'base'),
      node('base')
    ];
    expect(places(...rows)).toEqual([0, 0, 1, 0]);
    const [merge, , theirs, base] = layOutLanes(rows);
    expect(merge.lines.map(({ to }) => to)).toEqual([0, 1]);
    expect(theirs.lines).toContainEqual({ from: 1, to: 1, half: 'lower' });
    expect(base.lines).toEqual([
      { from: 0, to: 0, half: 'upper' },
      { from: 1, to: 0, half: 'upper' }
    ]);
    const [, , mine] = places(rows[0], rows[2], rows[1], rows[3]);
    expect(mine).toBe(0);
  });

  it('use a lane again that is free', () => {
    const rows = [node('d', 'a'), node('c', 'b'), node('b'), node('x', 'a'), node('a')];
    expect(places(...rows)).toEqual([0, 1, 1, 1, 0]);
  });

  it('end at what is not listed', () => {
    expect(layOutLanes([node('b', 'gone')])[0].lines).toEqual([]);
  });

  it('go through folded saves', () => {
    const folded = { ids: ['s2', 's1'], parents: ['s1', 'a'] };
    expect(places(node('b', 's2'), folded, node('a'))).toEqual([0, 0, 0]);
  });
});
