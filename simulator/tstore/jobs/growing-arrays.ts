const FIRST_CAPACITY = 1024;

/** Doubles in one flat block that doubles its size when full. */
export class GrowingDoubles {
  private items = new Float64Array(FIRST_CAPACITY);
  private used = 0;

  push(item: number): void {
    if (this.used === this.items.length) {
      const larger = new Float64Array(this.used * 2);
      larger.set(this.items);
      this.items = larger;
    }
    this.items[this.used] = item;
    this.used += 1;
  }

  trimmed(): Float64Array {
    return this.items.slice(0, this.used);
  }
}

export class GrowingBytes {
  private items = new Uint8Array(FIRST_CAPACITY);
  private used = 0;

  push(item: number): void {
    if (this.used === this.items.length) {
      const larger = new Uint8Array(this.used * 2);
      larger.set(this.items);
      this.items = larger;
    }
    this.items[this.used] = item;
    this.used += 1;
  }

  trimmed(): Uint8Array {
    return this.items.slice(0, this.used);
  }
}
