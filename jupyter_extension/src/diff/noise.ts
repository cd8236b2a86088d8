import type { ICellDiff, IParts, PathOp } from './format';

/** Keys that are noise, by level, from the server's table. */
export type NoiseKeys = Record<'notebook' | 'notebook metadata' | 'cell metadata', string[]>;

/** Return the operations that are not noise. */
export function filterNoise(
  ops: readonly PathOp[] | undefined,
  keys: readonly string[] = []
): PathOp[] {
  return (ops ?? []).filter(op => !keys.includes(String(op.path[0])));
}

/** Count the parts of an entry that are noise: execution counts, IDs, timings. */
export function countNoise(parts: IParts, keys: NoiseKeys): number {
  const { metadata = [], id, execution_count } = parts;
  const meant = filterNoise(metadata, keys['cell metadata']);
  return (id ? 1 : 0) + (execution_count ? 1 : 0) + metadata.length - meant.length;
}

/** Return whether an unchanged entry differs in noise. */
export function isNoisy(entry: ICellDiff): boolean {
  return (
    entry.change === 'unchanged' &&
    Boolean(
      entry.id ||
      entry.execution_count ||
      entry.metadata?.length ||
      entry.other?.length ||
      entry.outputs?.length ||
      entry.attachments?.length
    )
  );
}

/** Count the cells in which something is noise. */
export function countNoisy(entries: readonly ICellDiff[], keys: NoiseKeys): number {
  return entries.filter(entry => isNoisy(entry) || countNoise(entry, keys) > 0).length;
}
