/** Reproducible randomness: the same seed gives the same declines, orders and faults in every run. */

/** 53-bit hash of bytes (two multiplicative 32-bit halves); fits a double, so a million of them is one Float64Array. */
export function hash53(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = start; index < end; index += 1) {
    const byte = bytes[index] as number;
    high = Math.imul(high ^ byte, 2654435761);
    low = Math.imul(low ^ byte, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}

export function hashText(text: string): number {
  return hash53(Buffer.from(text, 'utf8'));
}

/** 32-bit seed out of words, so that each use of one seed draws its own numbers. */
export function seedOf(...words: (string | number)[]): number {
  return hashText(words.join('\u0000')) >>> 0;
}

/** A number in [0, 1) that depends on nothing but the hash and the seed. */
export function unitOf(hash: number, seed: number): number {
  let mixed = (hash >>> 0) ^ Math.imul(Math.floor(hash / 4294967296), 2654435761) ^ seed;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 2246822507);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 3266489909);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 4294967296;
}

/** mulberry32: small, fast and good enough to shuffle lines and draw shares. */
export class SeededRandom {
  constructor(private state: number) {}

  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  shuffle<T>(items: T[]): T[] {
    for (let index = items.length - 1; index > 0; index -= 1) {
      const other = this.below(index + 1);
      const moved = items[index] as T;
      items[index] = items[other] as T;
      items[other] = moved;
    }
    return items;
  }
}
