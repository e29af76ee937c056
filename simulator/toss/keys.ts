import { DrawnTexts, HEX } from '../shared/drawn-texts';
import { seoulCompact } from '../shared/seoul-time';

const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789';
const BASE32 = '0123456789abcdefghjkmnpqrstvwxyz';
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Keys in the forms that were recorded, drawn by the seed; no two are equal. */
export class Keys extends DrawnTexts {
  /** `run` tells two runs with one seed apart, so that a service that outlives the simulator sees no key twice. */
  constructor(seed: string, run: number) {
    super(seed, 'toss-keys', run);
  }

  /** Five characters of the MID, the time, five more; every fourth is of the other form, 48 characters. */
  paymentKey(mId: string, atMs: number): string {
    return this.once(() =>
      this.random.below(4) === 0
        ? this.text(LETTERS, 48)
        : `${mId.slice(0, 5)}${seoulCompact(atMs)}${this.text(LETTERS, 5)}`,
    );
  }

  /** Now and then in the older form of 32 hex digits. */
  transactionKey(): string {
    return this.once(() =>
      this.random.below(4) === 0 ? this.text(HEX, 32).toUpperCase() : `txrd_a01${this.text(BASE32, 24)}`,
    );
  }

  secret(): string {
    return this.once(() => `ps_${this.text(LETTERS, 28)}`);
  }

  authKey(): string {
    return this.once(() => `bln_${this.text(LETTERS, 40)}`);
  }

  billingKey(): string {
    return this.once(() => `${this.text(BASE64URL, 43)}=`);
  }

  receiptKey(): string {
    return this.once(() => this.text(LETTERS, 44));
  }

  windowId(): string {
    return this.once(() => this.text(LETTERS, 24));
  }

  transmissionId(): string {
    return this.once(() => `whtrans_a01${this.text(BASE32, 24)}`);
  }

  traceId(): string {
    return this.text(HEX, 32);
  }

  /** Test accounts begin with X. Two payments may get the same one: numbers return to a pool. */
  accountNumber(): string {
    return `X${this.text('0123456789', 13)}`;
  }
}
