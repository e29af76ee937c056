import { idOf, isJsonObject, parseJsonText, textOf, type JsonMembers } from '../../reading/json-members';
import { showing } from '../../reading/presentable';

/** What a message without a name of its event is called: deposits come flat. */
const DEPOSIT = 'DEPOSIT_CALLBACK';
const LONGEST_EVENT = 60;
/** As everywhere at Toss: keys are opaque, and longer ones are none. */
const LONGEST_KEY = 300;

/** What a message is about; what it says of that is not believed. */
export interface MessageReference {
  /** Toss's own word for what has happened. */
  event: string;
  /** Of the payment, as the message has it: shown, and never branched on. */
  status?: string;
  transactionId?: string;
  orderNo?: string;
  /** What happened to the payment, such as a deposit or a cancellation. */
  actId?: string;
  /** Genuine if it is that of the payment; a secret. */
  depositSecret?: string;
  /** Of a payment method, which is genuine if it is ours; a secret. */
  methodKey?: string;
}

/**
 * What a webhook's body is about, and nothing that it says of it: no message of Toss's on payments is signed, and they come late,
 * twice and in any order, so each is only a reason to look (docs/protocol/toss.md, section 6).
 *
 * @returns `undefined` for what is no message of Toss's at all; of an event that nobody knows, its name
 */
export function referenceOf(body: Buffer): MessageReference | undefined {
  const json = parseJsonText(body);
  if (!isJsonObject(json)) return undefined;
  const event = textOf(json.eventType) === undefined ? undefined : showing()(json.eventType).slice(0, LONGEST_EVENT);
  const depositSecret = keyOf(json.secret);
  if (event === undefined && depositSecret !== undefined) {
    const { orderId: orderNo, transactionKey: actId, status } = json;
    return { event: DEPOSIT, depositSecret, ...named({ orderNo, actId, status }) };
  }
  if (event === undefined || event === '') return undefined;
  // One integrator saw BILLING_DELETED with its members at the top.
  const data = isJsonObject(json.data) ? json.data : json;
  return { event, ...aboutOf(event, data) };
}

/** Members by event: of others the same words may mean something else. */
function aboutOf(event: string, data: JsonMembers): Omit<MessageReference, 'event'> {
  switch (event) {
    case 'PAYMENT_STATUS_CHANGED':
      return named({ transactionId: data.paymentKey, orderNo: data.orderId, status: data.status });
    case DEPOSIT:
      return named({
        orderNo: data.orderId,
        actId: data.transactionKey,
        depositSecret: data.secret,
        status: data.status,
      });
    case 'CANCEL_STATUS_CHANGED':
      return named({ transactionId: data.paymentKey, actId: data.transactionKey, status: data.cancelStatus });
    case 'BILLING_DELETED':
      return named({ methodKey: data.billingKey });
    default:
      return {};
  }
}

function named(members: Readonly<Record<string, unknown>>): Omit<MessageReference, 'event'> {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => {
      const key = keyOf(value);
      return key === undefined ? [] : [[name, key]];
    }),
  );
}

function keyOf(value: unknown): string | undefined {
  return idOf(value, LONGEST_KEY);
}
