/** Korea has had no summer time since 1988, so the offset is a constant here. */
const SEOUL_OFFSET_MS = 9 * 3_600_000;

/** `yyyyMMddHHmmss` in Seoul. */
export function seoulCompact(atMs: number): string {
  return seoulLocal(atMs).replace(/[-:T]/g, '').slice(0, 14);
}

/** `2026-11-28T14:01:31.123` in Seoul, without an offset, whatever the machine's zone. */
export function seoulLocal(atMs: number): string {
  return new Date(atMs + SEOUL_OFFSET_MS).toISOString().slice(0, 23);
}
