import { SeededRandom, seedOf } from './seeded';

export const HEX = '0123456789abcdef';

/** Texts drawn by the seed, for keys in the forms that were recorded. */
export class DrawnTexts {
  protected readonly random: SeededRandom;
  private readonly made = new Set<string>();

  constructor(...seed: (string | number)[]) {
    this.random = new SeededRandom(seedOf(...seed));
  }

  /** None that was made before. */
  protected once(make: () => string): string {
    let key = make();
    while (this.made.has(key)) key = make();
    this.made.add(key);
    return key;
  }

  protected text(letters: string, length: number): string {
    return Array.from({ length }, () => letters[this.random.below(letters.length)]).join('');
  }
}
