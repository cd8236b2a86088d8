/** The lines beside the list of versions, which join each version with those it was made from. */

/** A node of the list: a version, or saves that are folded into one row. */
export interface INode {
  ids: readonly string[];
  parents: readonly string[];
}

/** A line through a row: from a lane at its top edge, or at its middle, to a lane further down. */
export interface ILine {
  from: number;
  to: number;
  half: 'upper' | 'lower';
}

export interface ILanes {
  /** The lane of the row's own node; -1 for a row without one. */
  at: number;
  lines: ILine[];
}

/**
 * Lay out the lines of rows, newest first; null is a row that is no node, such as a day.
 *
 *     merge    o        lane 0
 *              | \
 *     mine     o  |     lane 0, and the line of theirs on lane 1
 *     theirs   |  o     lane 1
 *              | /
 *     base     o        lane 0
 */
export function layOutLanes(rows: readonly (INode | null)[]): ILanes[] {
  const known = new Set(rows.flatMap(row => row?.ids ?? []));
  /** For each lane the version that its line leads to; null for a free lane. */
  const lanes: (string | null)[] = [];
  const free = (): number => {
    const at = lanes.indexOf(null);
    return at >= 0 ? at : lanes.length;
  };
  return rows.map(row => {
    const above = lanes.flatMap((id, lane) => (id === null ? [] : [lane]));
    if (!row) {
      return { at: -1, lines: above.flatMap(lane => straight(lane)) };
    }
    const own = new Set(row.ids);
    const coming = above.filter(lane => own.has(lanes[lane] ?? ''));
    const at = coming[0] ?? free();
    const lines: ILine[] = above.map(lane => ({
      from: lane,
      to: coming.includes(lane) ? at : lane,
      half: 'upper'
    }));
    coming.forEach(lane => (lanes[lane] = null));
    const passing = above.filter(lane => !coming.includes(lane));
    lines.push(...passing.map((lane): ILine => ({ from: lane, to: lane, half: 'lower' })));
    const parents = row.parents.filter(id => known.has(id) && !own.has(id));
    [...new Set(parents)].forEach((parent, index) => {
      // The first parent stays below its child; two lines to one version meet there.
      const there = lanes.indexOf(parent);
      const lane = index === 0 ? at : there >= 0 ? there : free();
      lanes[lane] = parent;
      lines.push({ from: at, to: lane, half: 'lower' });
    });
    return { at, lines };
  });
}

function straight(lane: number): ILine[] {
  return (['upper', 'lower'] as const).map(half => ({ from: lane, to: lane, half }));
}

/** Return the nearest versions that are shown, instead of parents that are not. */
export function findShownParents(
  id: string,
  parentsOf: ReadonlyMap<string, readonly string[]>,
  isShown: (id: string) => boolean
): string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const left = [...(parentsOf.get(id) ?? [])].reverse();
  while (left.length) {
    const parent = left.pop() as string;
    if (seen.has(parent)) {
      continue;
    }
    seen.add(parent);
    if (isShown(parent)) {
      found.add(parent);
    } else {
      left.push(...[...(parentsOf.get(parent) ?? [])].reverse());
    }
  }
  return [...found];
}

/** The most lanes that are drawn; lines further right lie on the last one. */
const MOST = 6;
/** The width of a lane in pixels. */
const WIDTH = 12;
const SVG = 'http://www.w3.org/2000/svg';

/** Return the width of the lines of some rows in pixels. */
export function measureLanes(rows: readonly ILanes[]): number {
  const last = Math.max(
    0,
    ...rows.flatMap(({ at, lines }) => [at, ...lines.flatMap(({ from, to }) => [from, to])])
  );
  return Math.min(last + 1, MOST) * WIDTH;
}

/** Draw the lines of a row over its whole height. */
export function drawLanes({ at, lines }: ILanes): SVGElement {
  const place = (lane: number): string => String((Math.min(lane, MOST - 1) + 0.5) * WIDTH);
  const draw = (tag: string, attributes: Record<string, string>): Element => {
    const node = document.createElementNS(SVG, tag);
    Object.entries(attributes).forEach(([name, value]) => node.setAttribute(name, value));
    return node;
  };
  const svg = draw('svg', { class: 'nbvc-History-lanes', 'aria-hidden': 'true' });
  svg.append(
    ...lines.map(({ from, to, half }) =>
      draw('line', {
        x1: place(from),
        y1: half === 'upper' ? '0' : '50%',
        x2: place(to),
        y2: half === 'upper' ? '50%' : '100%'
      })
    )
  );
  if (at >= 0) {
    svg.append(draw('circle', { cx: place(at), cy: '50%', r: '3.5' }));
  }
  return svg as SVGElement;
}
