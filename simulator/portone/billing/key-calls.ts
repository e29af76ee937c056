import { membersOf, type Members } from '../../shared/http/members';
import { PortOneRefusal } from '../error-types';
import { invalid, optionalInstant, optionalMembers, optionalTexts, optionalWord, reader } from '../http/members';
import type { PortOneRequest } from '../http/portone-call';
import { isoText } from '../payments/times';
import { paged, isWithin } from '../reports/paging';
import type { Store } from '../stores';
import { billingKeyBody } from './billing-key-body';
import type { BillingKey, BillingKeys } from './billing-keys';
import type { Schedules } from './schedules';

/** Looks at billing keys, and ends them. */
export class KeyCalls {
  constructor(
    private readonly billingKeys: BillingKeys,
    private readonly schedules: Schedules,
  ) {}

  /** What was never issued is not there. */
  lookup({ store, parameters }: PortOneRequest): Members {
    const key = requiredKey(this.billingKeys, store, parameters[0]);
    if (key.issuedAt === null) throw new PortOneRefusal('BILLING_KEY_NOT_FOUND');
    return billingKeyBody(key, key.issuedAt);
  }

  list({ store, body }: PortOneRequest): Members {
    const filter = optionalMembers(body, 'filter') ?? {};
    const statuses = optionalTexts(filter, 'status');
    const customerId = reader.optionalText(filter, 'customerId', 200);
    const field = optionalWord(filter, 'timeRangeField', TIME_FIELDS) ?? 'STATUS_TIMESTAMP';
    const [from, until] = [optionalInstant(filter, 'from'), optionalInstant(filter, 'until')];
    const fitting = this.billingKeys.all().flatMap((key) => {
      const { issuedAt } = key;
      if (key.store !== store || issuedAt === null) return [];
      const shown = billingKeyBody(key, issuedAt);
      const at = { REQUESTED_AT: key.requestedAt, ISSUED_AT: issuedAt, DELETED_AT: key.deletedAt }[
        field as 'ISSUED_AT'
      ];
      const isInTime = isWithin(at ?? key.deletedAt ?? issuedAt, from, until);
      const isOfCustomer = customerId === null || key.customer.id === customerId;
      return isInTime && isOfCustomer && (statuses?.includes(String(shown.status)) ?? true)
        ? [{ at: issuedAt, shown }]
        : [];
    });
    const isAscending = optionalMembers(body, 'sort')?.order === 'ASC';
    fitting.sort((one, other) => (isAscending ? one.at - other.at : other.at - one.at));
    return paged(
      fitting.map(({ shown }) => shown),
      body,
    );
  }

  delete({ store, parameters, body }: PortOneRequest): Members {
    optionalWord(body, 'requester', ['CUSTOMER', 'ADMIN']);
    const key = requiredKey(this.billingKeys, store, parameters[0]);
    if (key.issuedAt === null) throw new PortOneRefusal('BILLING_KEY_NOT_ISSUED');
    if (key.deletedAt !== null) throw new PortOneRefusal('BILLING_KEY_ALREADY_DELETED');
    if (this.schedules.waitsFor(key)) throw new PortOneRefusal('PAYMENT_SCHEDULE_ALREADY_EXISTS');
    return { deletedAt: isoText(this.billingKeys.delete(key, body.skipWebhook === 'true')) };
  }
}

const TIME_FIELDS = ['REQUESTED_AT', 'ISSUED_AT', 'DELETED_AT', 'STATUS_TIMESTAMP'] as const;

export function requiredKey(billingKeys: BillingKeys, store: Store, billingKey: unknown): BillingKey {
  const key = typeof billingKey === 'string' ? billingKeys.findOf(store, billingKey) : undefined;
  if (!key) throw new PortOneRefusal('BILLING_KEY_NOT_FOUND');
  return key;
}

/** A key that can be charged: issued, and not deleted. */
export function requiredLiveKey(billingKeys: BillingKeys, store: Store, body: Members): BillingKey {
  const key = requiredKey(billingKeys, store, reader.requiredText(body, 'billingKey', 200));
  if (key.issuedAt === null) throw new PortOneRefusal('BILLING_KEY_NOT_FOUND');
  if (key.deletedAt !== null) throw new PortOneRefusal('BILLING_KEY_ALREADY_DELETED');
  return key;
}

/** The input's customer has its name in an object of its own. */
export function customerIn(body: Members): Members {
  const customer = optionalMembers(body, 'customer');
  if (customer === null) return {};
  const { name, ...rest } = customer;
  const told = Object.entries(rest).filter(([, value]) => typeof value === 'string');
  if (name === undefined || name === null) return Object.fromEntries(told);
  const parts = membersOf(name);
  if (!parts) throw invalid('customer.name');
  const separated = membersOf(parts.separated) ?? {};
  const full = parts.full ?? [separated.last, separated.first].filter(Boolean).join('');
  return { ...Object.fromEntries(told), ...(typeof full === 'string' && full !== '' ? { name: full } : {}) };
}
