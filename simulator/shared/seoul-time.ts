/** Korea has had no summer time since 1988, so the offset is a constant here. */
const SEOUL_OFFSET_MS = 9 * 3_600_000;

/** `yyyyMMddHHmmss` in Seoul, the only form of time on this wire. */
export function seoulCompact(atMs: number): string {
  return new Date(atMs + SEOUL_OFFSET_MS).toISOString().replace(/[-:T]/g, '').slice(0, 14);
}
