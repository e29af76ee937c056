import type { ResultMembers } from '../../src/gateways/tstore/wire';
import { Exchange } from '../shared/http/exchange';

/** A call of T store's API being answered. */
export class TstoreExchange extends Exchange {
  result(status: number, resultCode: string, resultMsg: string): void {
    this.note += `${this.note === '' ? '' : ' '}${resultCode} ${resultMsg}`;
    const body: ResultMembers = { resultCode, resultMsg };
    this.json(status, body);
  }
}
