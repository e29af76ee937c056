import { DrawnTexts, HEX } from '../shared/drawn-texts';

const DIGITS = '0123456789';

/** Ids in the forms that were recorded, drawn by the seed; no two are equal. */
export class Keys extends DrawnTexts {
  /** `run` tells two runs with one seed apart, so that a service that outlives the simulator sees no id twice. */
  constructor(seed: string, run: number) {
    super(seed, 'kakaopay-keys', run);
  }

  /** Of a payment. */
  tid(): string {
    return this.id('T');
  }

  /** Of one approval or cancellation. */
  aid(): string {
    return this.id('A');
  }

  /** Of a method that is charged again. */
  sid(): string {
    return this.id('S');
  }

  pgToken(): string {
    return this.once(() => this.text(HEX, 20));
  }

  /** Of the customer's page. */
  pageId(): string {
    return this.once(() => this.text(HEX, 64));
  }

  /** A letter and 19 more: hex digits, or decimal ones now and then. */
  private id(letter: string): string {
    return this.once(() => `${letter}${this.text(this.random.below(4) === 0 ? DIGITS : HEX, 19)}`);
  }
}
