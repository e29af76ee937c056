import type { PaymentMethod } from '../../../src/gateways/tstore/wire';

/** What of a refund request matters here; absent and null members alike are null. */
export interface WantedRefund {
  tid: string;
  amount: number;
  fullRefund: boolean;
  authKey: string | null;
  methods: PaymentMethod[] | null;
}

type Members = Record<string, unknown>;

function membersOf(value: unknown): Members | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : null;
}

/** Reads the body; a text says what is wrong with it. The shortest form has `tid` and `amount` alone [S,M]. */
export function readRefundRequest(body: string | null): WantedRefund | string {
  let root: Members | null;
  try {
    root = membersOf(JSON.parse(body ?? ''));
  } catch {
    return 'The body is not JSON';
  }
  const wanted = membersOf(root?.refundTransactionRequest);
  if (!root || !wanted) return 'refundTransactionRequest is missing';
  const { tid, amount, fullRefund } = wanted;
  if (typeof tid !== 'string' || tid === '') return 'tid is missing';
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount) || amount <= 0) return 'amount must be whole won';
  if (fullRefund !== undefined && fullRefund !== null && typeof fullRefund !== 'boolean')
    return 'fullRefund is no flag';
  const methods = readMethods(wanted.paymentMethods);
  if (typeof methods === 'string') return methods;
  const authKey = membersOf(root.payer)?.authKey;
  return {
    tid,
    amount,
    fullRefund: fullRefund === true,
    authKey: typeof authKey === 'string' ? authKey : null,
    methods,
  };
}

function readMethods(value: unknown): PaymentMethod[] | null | string {
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value)) return 'paymentMethods must be a list';
  const methods: PaymentMethod[] = [];
  for (const item of value) {
    const method = membersOf(item);
    const paymentMethod = method?.paymentMethod;
    const amount = method?.amount;
    if (typeof paymentMethod !== 'string' || typeof amount !== 'number' || !Number.isSafeInteger(amount)) {
      return 'paymentMethods must hold paymentMethod and amount';
    }
    methods.push({ paymentMethod, amount });
  }
  return methods;
}
