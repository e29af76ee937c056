import { DrawnTexts, HEX } from '../shared/drawn-texts';

const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789';
const DIGITS = '0123456789';

/** Ids in the vendor's forms, drawn by the seed; no two are equal. */
export class Keys extends DrawnTexts {
  /** `run` tells two runs with one seed apart, so that a service that outlives the simulator sees no id twice. */
  constructor(seed: string, run: number) {
    super(seed, 'portone-keys', run);
  }

  /** Of an attempt, a cancellation, a schedule, an event, a message. */
  uuid(): string {
    return this.once(() => {
      const parts = [8, 4, 3, 3, 12].map((length) => this.text(HEX, length)) as [
        string,
        string,
        string,
        string,
        string,
      ];
      return `${parts[0]}-${parts[1]}-4${parts[2]}-8${parts[3]}-${parts[4]}`;
    });
  }

  billingKey(): string {
    return `billing-key-${this.uuid()}`;
  }

  /** What `confirm` wants. */
  token(): string {
    return this.once(() => this.text(LETTERS, 40));
  }

  /** The payment company's own id: each has another form. */
  pgTxId(pgProvider: string): string {
    if (pgProvider === 'KAKAOPAY') return this.once(() => `T${this.text(HEX, 19)}`);
    return this.once(() => `tshop${this.text(DIGITS, 14)}${this.text(LETTERS, 5)}`);
  }

  windowId(): string {
    return this.once(() => this.text(LETTERS, 24));
  }

  accountNumber(): string {
    return `X${this.text(DIGITS, 13)}`;
  }

  approvalNumber(): string {
    return this.text(DIGITS, 8);
  }
}
