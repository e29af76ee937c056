/** So many letters off is a slip of the hand. */
const SLIP = 2;

/** Whether somebody who wrote one of two names may have meant the other. */
export function isSlip(one: string, other: string): boolean {
  return distance(one, other) <= SLIP;
}

/** Letters to put in, leave out, exchange or swap with their neighbour to come from one to the other. */
function distance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > SLIP) return SLIP + 1;
  const rows = Array.from({ length: one.length + 1 }, (_, at) => [at, ...Array<number>(other.length).fill(0)]);
  const row = (at: number): number[] => rows[at] as number[];
  for (let at = 0; at <= other.length; at += 1) row(0)[at] = at;
  for (let i = 1; i <= one.length; i += 1) {
    for (let j = 1; j <= other.length; j += 1) {
      const isSame = one[i - 1] === other[j - 1];
      const plain = [get(row(i - 1), j) + 1, get(row(i), j - 1) + 1, get(row(i - 1), j - 1) + (isSame ? 0 : 1)];
      const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      row(i)[j] = Math.min(...plain, ...(isSwapped ? [get(row(i - 2), j - 2) + 1] : []));
    }
  }
  return get(row(one.length), other.length);
}

function get(row: readonly number[], at: number): number {
  return row[at] as number;
}
