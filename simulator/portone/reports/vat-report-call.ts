import type { Members } from '../../shared/http/members';
import { seoulLocal } from '../../shared/seoul-time';
import { invalid, optionalMembers, optionalTexts, reader } from '../http/members';
import type { PortOneRequest } from '../http/portone-call';
import type { Amount } from '../payments/amount';
import type { Means } from '../payments/payment';
import type { EventRegister, PaymentEvent } from './event-register';

const METHODS: Readonly<Record<Means['kind'], string>> = {
  card: 'CARD',
  easyPay: 'CHARGE',
  transfer: 'TRANSFER',
  mobile: 'MOBILE',
  virtualAccount: 'VIRTUAL_ACCOUNT',
};

/** Sums of VAT by days of Seoul: what came, less what went back. */
export class VatReportCall {
  constructor(private readonly events: EventRegister) {}

  handle({ store, body }: PortOneRequest): Members {
    const range = optionalMembers(body, 'dateRange') ?? {};
    const [from, until] = [dateIn(range, 'from'), dateIn(range, 'until')];
    const storeIds = optionalTexts(optionalMembers(body, 'filter') ?? {}, 'storeIds');
    const sums = new Map<string, Amount>();
    for (const event of this.events.all()) {
      const { transaction, at } = event;
      const { channel, payment, means } = transaction;
      const date = seoulLocal(at).slice(0, 10);
      const isMeant = storeIds === null || storeIds.includes(payment.store.storeId);
      if (payment.store !== store || !isMeant || channel.type === 'TEST' || date < from || date > until) continue;
      const method = METHODS[means?.kind ?? 'card'];
      sums.set(method, summed(sums.get(method), event));
    }
    const items = [...sums].map(([paymentMethod, { total, taxFree, vat }]) => ({
      paymentMethod,
      supplyAmount: total - taxFree - vat,
      vatAmount: vat,
      taxFreeAmount: taxFree,
      totalAmount: total,
    }));
    const sum = (of: (item: (typeof items)[number]) => number): number =>
      items.reduce((whole, item) => whole + of(item), 0);
    return {
      items,
      summary: {
        totalSupplyAmount: sum(({ supplyAmount }) => supplyAmount),
        totalVatAmount: sum(({ vatAmount }) => vatAmount),
        totalTaxFreeAmount: sum(({ taxFreeAmount }) => taxFreeAmount),
        totalAmount: sum(({ totalAmount }) => totalAmount),
      },
    };
  }
}

function summed(before: Amount | undefined, { cancellation, transaction }: PaymentEvent): Amount {
  const { total, taxFree, vat } = cancellation?.amount ?? transaction.amount;
  const sign = cancellation === null ? 1 : -1;
  return {
    total: (before?.total ?? 0) + sign * total,
    taxFree: (before?.taxFree ?? 0) + sign * taxFree,
    vat: (before?.vat ?? 0) + sign * vat,
  };
}

function dateIn(range: Members, name: string): string {
  const date = reader.requiredText(range, name, 10);
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) throw invalid(`dateRange.${name}`);
  return date;
}
