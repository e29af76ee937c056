import type { SimulatorClock } from '../../shared/clock';
import { TossRefusal } from '../error-codes';
import { optionalAmount, requiredAmount, requiredText, taxFreeOf } from '../http/members';
import { ok, type TossAnswer, type TossRequest } from '../http/toss-call';
import type { Keys } from '../keys';
import type { Merchant } from '../merchants';
import { seoulDate, seoulTime } from '../times';
import { wholeFrom1 } from './page-size';

interface CashReceipt {
  merchant: Merchant;
  at: number;
  body: Record<string, unknown>;
  left: number;
}

const TYPES = ['소득공제', '지출증빙'];
const USUAL_LIMIT = 100;
const MOST_LIMIT = 10_000;

/** Receipts for cash that Toss did not collect itself. */
export class CashReceiptsCall {
  private readonly receipts: CashReceipt[] = [];

  constructor(
    private readonly clock: SimulatorClock,
    private readonly keys: Keys,
  ) {}

  issue({ merchant, body }: TossRequest): TossAnswer {
    const amount = requiredAmount(body, 'amount');
    const type = requiredText(body, 'type', 10);
    if (!TYPES.includes(type)) throw new TossRefusal('INVALID_REQUEST', 'type');
    const identity = requiredText(body, 'customerIdentityNumber', 30);
    if (!/^\d+$/.test(identity)) throw new TossRefusal('INVALID_REQUEST', 'customerIdentityNumber');
    const shown = {
      orderId: requiredText(body, 'orderId', 64),
      orderName: requiredText(body, 'orderName', 100),
      type,
      customerIdentityNumber: `${identity.slice(0, 3)}****${identity.slice(-3)}`,
    };
    return this.add(merchant, amount, taxFreeOf(body, amount), 'CONFIRM', shown);
  }

  cancel({ merchant, body, parameters: [receiptKey] }: TossRequest): TossAnswer {
    const receipt = this.receipts.find((one) => one.merchant === merchant && one.body.receiptKey === receiptKey);
    if (!receipt) throw new TossRefusal('NOT_FOUND');
    const amount = optionalAmount(body, 'amount') ?? receipt.left;
    if (amount === 0 || amount > receipt.left) throw new TossRefusal('NOT_CANCELABLE_AMOUNT');
    receipt.left -= amount;
    return this.add(merchant, amount, 0, 'CANCEL', receipt.body);
  }

  list({ merchant, query }: TossRequest): TossAnswer {
    const requestDate = requiredText({ requestDate: query.get('requestDate') }, 'requestDate', 10);
    const cursor = Number(query.get('cursor') ?? '0') || 0;
    const limit = wholeFrom1(query.get('limit'), 'limit', USUAL_LIMIT, MOST_LIMIT);
    const ofDay = this.receipts.filter((one) => one.merchant === merchant && seoulDate(one.at) === requestDate);
    const data = ofDay.slice(cursor, cursor + limit).map(({ body }) => body);
    return ok({ hasNext: cursor + limit < ofDay.length, lastCursor: cursor + data.length, data });
  }

  private add(
    merchant: Merchant,
    amount: number,
    taxFreeAmount: number,
    transactionType: 'CONFIRM' | 'CANCEL',
    shown: Record<string, unknown>,
  ): TossAnswer {
    const at = this.clock.now();
    const receiptKey = this.keys.receiptKey();
    const body = {
      receiptKey,
      issueNumber: String(100_000_000 + this.receipts.length),
      issueStatus: 'COMPLETED',
      amount,
      taxFreeAmount,
      orderId: shown.orderId,
      orderName: shown.orderName,
      type: shown.type,
      transactionType,
      businessNumber: '0000000000',
      customerIdentityNumber: shown.customerIdentityNumber,
      failure: null,
      requestedAt: seoulTime(at),
      receiptUrl: `https://dashboard.tosspayments.com/receipt/cash-receipt?receiptKey=${receiptKey}`,
    };
    this.receipts.push({ merchant, at, body, left: transactionType === 'CONFIRM' ? amount : 0 });
    return ok(body);
  }
}
