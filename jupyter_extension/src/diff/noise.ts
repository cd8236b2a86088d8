import type { ICellDiff, IParts, PathOp } from './format';

/** Keys that tools write unasked, by level; the server sends its table of them. */
export type NoiseKeys = Record<string, string[]>;

/** Operations on metadata that somebody made on purpose. */
export function filterNoise(
  ops: readonly PathOp[] | undefined,
  keys: readonly string[]
): PathOp[] {
  return (ops ?? []).filter(op => !keys.includes(String(op.path[0])));
}

/** How many details of an entry are noise: counts, ids, timings. */
export function countNoise(parts: IParts, keys: NoiseKeys): number {
  const ignored = keys['cell metadata'] ?? [];
  const metadata = (parts.metadata ?? []).filter(op => ignored.includes(String(op.path[0])));
  return (parts.id ? 1 : 0) + (parts.execution_count ? 1 : 0) + metadata.length;
}

/** Whether an entry that counts as unchanged differs in noise. */
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
