import { idOf, isJsonObject, parseJsonText, textOf, type JsonMembers } from '../../reading/json-members';
import { showing } from '../../reading/presentable';

const LONGEST_EVENT = 60;
const LONGEST_ID = 300;

/** As ours are; of nothing else a payment of ours can be. */
const PAYMENT_ID = /^[A-Za-z0-9_-]{6,64}$/;

/** The version without a name of its event: then its status is that. */
const FIRST_VERSION = '2024-01-01';

/** Only this one says that a payment method is gone. */
const KEY_DELETED = 'BillingKey.Deleted';

/** What a message is about; what it says of that is looked up. */
export interface MessageReference {
  /** PortOne's own word for what has happened; `null` of what is no message that anybody knows. */
  event: string | null;
  status: string | null;
  orderNo: string | null;
  /** Of the attempt. */
  transactionId?: string;
  cancellationId?: string;
  storeId?: string;
  /** Of a payment method that is gone; a secret. */
  methodKey?: string;
}

/**
 * What a signed body is about, in either of its versions, as JSON or as a form. Somebody's console test, an event that nobody knows and
 * what is no JSON at all are messages too: their sender is known, and there is nothing to look at.
 */
export function referenceOf(body: Buffer): MessageReference {
  const json = parseJsonText(body);
  const members = isJsonObject(json) ? json : formIn(body);
  if (textOf(members.payment_id) !== undefined) return ofFirstVersion(members);
  const event = wordOf(members.type);
  const data = isJsonObject(members.data) ? members.data : {};
  return {
    event: event ?? null,
    status: null,
    orderNo: paymentIdOf(data.paymentId) ?? null,
    ...named({ transactionId: data.transactionId, cancellationId: data.cancellationId, storeId: data.storeId }),
    ...(event === KEY_DELETED && named({ methodKey: data.billingKey })),
  };
}

function ofFirstVersion({ payment_id, tx_id, status }: JsonMembers): MessageReference {
  return {
    event: FIRST_VERSION,
    status: wordOf(status) ?? null,
    orderNo: paymentIdOf(payment_id) ?? null,
    ...named({ transactionId: tx_id }),
  };
}

function formIn(body: Buffer): JsonMembers {
  const text = body.toString('latin1');
  return /^[\x21-\x7e]+$/.test(text) ? Object.fromEntries(new URLSearchParams(text)) : {};
}

function paymentIdOf(value: unknown): string | undefined {
  const text = textOf(value);
  return text !== undefined && PAYMENT_ID.test(text) ? text : undefined;
}

function wordOf(value: unknown): string | undefined {
  const word = textOf(value) === undefined ? '' : showing()(value).slice(0, LONGEST_EVENT);
  return word === '' ? undefined : word;
}

function named<Name extends string>(members: Readonly<Record<Name, unknown>>): Partial<Record<Name, string>> {
  const read = Object.entries(members).flatMap(([name, value]): [string, string][] => {
    const id = idOf(value, LONGEST_ID);
    return id === undefined ? [] : [[name, id]];
  });
  return Object.fromEntries(read) as Partial<Record<Name, string>>;
}
