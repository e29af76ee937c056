import type { SimulatorClock } from '../../shared/clock';
import { DAY_MS } from '../../shared/durations';
import { membersOf, type Members } from '../../shared/http/members';
import { invalid, optionalInstant, optionalMembers, optionalTexts, optionalWord, reader } from '../http/members';
import type { PortOneRequest } from '../http/portone-call';
import type { LookupCalls } from '../payments/lookup-calls';
import { cancellationBody, orderBody, paidByBody } from '../payments/payment-body';
import { shownOf, type Transaction } from '../payments/payment';
import type { PaymentRegister } from '../payments/payment-register';
import { isoText } from '../payments/times';
import type { EventRegister, PaymentEvent } from './event-register';
import { isWithin, paged, sizeIn } from './paging';

const USUAL_DAYS = 90;

interface Row {
  at: number;
  body: Members;
}

/** The lists that a day is held against. */
export class ListCalls {
  constructor(
    private readonly clock: SimulatorClock,
    private readonly register: PaymentRegister,
    private readonly events: EventRegister,
    private readonly lookups: LookupCalls,
  ) {}

  /** `GET /payment-events-by-cursor`: by the time of the event. */
  eventsByCursor({ store, body }: PortOneRequest): Members {
    const ours = this.events.all().filter(({ transaction }) => transaction.payment.store === store);
    const rows = ours.map((event): Row => ({ at: event.at, body: eventBody(event) }));
    return this.byCursor(rows, body, 'paymentEvent');
  }

  /** `GET /payments-by-cursor`: by the time of creation. */
  paymentsByCursor({ store, body }: PortOneRequest): Members {
    const rows = this.shown(store).map((one): Row => ({ at: one.requestedAt, body: this.lookups.shown(one) }));
    return this.byCursor(rows, body, 'payment');
  }

  /** `GET /payments`: by pages, which move while payments come. */
  payments({ store, body }: PortOneRequest): Members {
    const filter = optionalMembers(body, 'filter') ?? {};
    const timestampType = optionalWord(filter, 'timestampType', ['CREATED_AT', 'STATUS_CHANGED_AT']);
    const sortBy = optionalWord(filter, 'sortBy', ['REQUESTED_AT', 'STATUS_CHANGED_AT']);
    const isAscending = optionalWord(filter, 'sortOrder', ['ASC', 'DESC']) === 'ASC';
    const { from, until } = this.windowIn(filter);
    const timeOf = (one: Transaction, isCreation: boolean): number =>
      isCreation ? one.requestedAt : one.statusChangedAt;
    const fitting = this.shown(store)
      .filter((one) => isWithin(timeOf(one, timestampType === 'CREATED_AT'), from, until))
      .filter((one) => fits(one, filter));
    const key = (one: Transaction): number => timeOf(one, sortBy !== 'STATUS_CHANGED_AT');
    fitting.sort((one, other) => (isAscending ? 1 : -1) * (key(one) - key(other)));
    return paged(
      fitting.map((one) => this.lookups.shown(one)),
      body,
    );
  }

  private shown(store: PortOneRequest['store']): Transaction[] {
    const payments = this.register.all().filter((one) => one.store === store);
    return payments.flatMap((payment) => shownOf(payment) ?? []);
  }

  /** The next page begins behind the cursor of the last item. */
  private byCursor(rows: readonly Row[], body: Members, member: string): Members {
    const { from, until } = this.windowIn(body);
    const behind = cursorIn(body);
    const size = sizeIn(body);
    const fitting = rows.flatMap(({ at, body: shown }, index) =>
      index > behind && isWithin(at, from, until) ? [{ [member]: shown, cursor: cursorOf(index) }] : [],
    );
    return { items: fitting.slice(0, size) };
  }

  private windowIn(body: Members): { from: number; until: number | null } {
    const until = optionalInstant(body, 'until');
    const from = optionalInstant(body, 'from') ?? (until ?? this.clock.now()) - USUAL_DAYS * DAY_MS;
    return { from, until };
  }
}

function fits(transaction: Transaction, filter: Members): boolean {
  const { status, channel, scheduleId, payment, orderName } = transaction;
  const statuses = optionalTexts(filter, 'status');
  // The filter's enum has another word than the payment itself.
  const names = status === 'PAY_PENDING' ? [status, 'PENDING'] : [status];
  if (statuses !== null && !names.some((one) => statuses.includes(one))) return false;
  const isTest = channel.type === 'TEST';
  if (typeof filter.isTest === 'boolean' && filter.isTest !== isTest) return false;
  if (typeof filter.isScheduled === 'boolean' && filter.isScheduled !== (scheduleId !== null)) return false;
  return textsIn(filter).every((text) => payment.id.includes(text) || orderName.includes(text));
}

function textsIn({ textSearch }: Members): string[] {
  if (!Array.isArray(textSearch)) return [];
  return textSearch.flatMap((one) => {
    const value = membersOf(one)?.value;
    return typeof value === 'string' ? [value] : [];
  });
}

function eventBody({ id, type, transaction, cancellation, at, eventAmount, totalAmount }: PaymentEvent): Members {
  const { payment, requestedAt, pgTxId } = transaction;
  return {
    type,
    id,
    paymentId: payment.id,
    transactionId: transaction.id,
    ...paidByBody(transaction),
    requestedAt: isoText(requestedAt),
    createdAt: isoText(at),
    totalAmount,
    ...orderBody(transaction),
    ...(pgTxId === null ? {} : { pgTxId }),
    ...(type === 'PAID' ? { disputes: [] } : {}),
    ...(cancellation === null ? {} : { cancellation: cancellationBody(cancellation) }),
    eventAmount,
  };
}

/** Opaque to who calls. */
function cursorOf(index: number): string {
  return Buffer.from(`row ${String(index)}`, 'utf8').toString('base64url');
}

function cursorIn(body: Members): number {
  const text = reader.optionalText(body, 'cursor', 100);
  if (text === null) return -1;
  const index = /^row (\d+)$/.exec(Buffer.from(text, 'base64url').toString('utf8'))?.[1];
  if (index === undefined) throw invalid('cursor');
  return Number(index);
}
