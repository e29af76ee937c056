import { Injectable } from '@nestjs/common';
import { BulkPaymentJobs, Discrepancies, type BulkPaymentJob, type DiscrepancyRecord } from '../../bulk-payment';
import { Charges, type ChargeRecord } from '../../charge';
import { DirectPayments, type DirectPayment } from '../../direct-payment';
import { GatewayExchanges, type GatewayExchange } from '../../gateways';
import { Refunds, type Refund } from '../../refund';
import { LineStops, type LineStop } from '../../line-stop';
import { TransactionLookups, type TransactionLookup } from '../../transaction-lookup';

/** Whose payment is asked about: one of these. */
export interface InquirySubject {
  orderNo?: string | undefined;
  transactionId?: string | undefined;
  customerReference?: string | undefined;
}

/** All that is known of one charge, from which the answer follows. */
export interface ChargeFacts {
  charge: ChargeRecord;
  /** `null`: it is in none, because another gateway than T store collects it. */
  job: BulkPaymentJob | null;
  /** The call that collects it alone, where it is in no job. */
  payment: DirectPayment | undefined;
  isInDoubt: boolean;
  /** Whether the charges of its job may be billed again. */
  isRebillable: boolean;
  refunds: Refund[];
  discrepancies: DiscrepancyRecord[];
  /** Payments of it that its gateway was seen to have, though it ended unpaid. */
  seenAfterAll: string[];
  /** Other orders that claim the payment it was settled by. */
  claimants: string[];
  /** Open ones that park its job or its subscription; resolved ones too that say that the gateway has its failed job. */
  lineStops: LineStop[];
  /** What its gateway said of its payment last, without being asked now. */
  lookup: TransactionLookup | undefined;
  /** What went over the wire for it, newest first. */
  exchanges: GatewayExchange[];
}

/** Of a customer the latest charges are what is asked about; all of them are in the list of charges. */
const CHARGES_OF_A_CUSTOMER = 12;
const MANY = 100;

/** Gathers what is known of a payment. Asks nobody outside and changes nothing. */
@Injectable()
export class Inquiry {
  constructor(
    private readonly charges: Charges,
    private readonly payments: DirectPayments,
    private readonly refunds: Refunds,
    private readonly discrepancies: Discrepancies,
    private readonly jobs: BulkPaymentJobs,
    private readonly stops: LineStops,
    private readonly lookups: TransactionLookups,
    private readonly exchanges: GatewayExchanges,
  ) {}

  /** Newest charge first; none when nothing is known. */
  async factsOf(subject: InquirySubject): Promise<ChargeFacts[]> {
    const charges = await this.charges.list({ ...subject }, { beforeId: undefined, limit: CHARGES_OF_A_CUSTOMER });
    return Promise.all(charges.map((charge) => this.gather(charge)));
  }

  private async gather(charge: ChargeRecord): Promise<ChargeFacts> {
    const { id: chargeId, gateway, gatewayAccount, orderNo, transactionId } = charge;
    const job = charge.bulkPaymentJobId === null ? null : await this.jobs.get(charge.bulkPaymentJobId);
    const payment = job === null ? await this.payments.ofCharge(chargeId) : undefined;
    return {
      ...{ charge, job, payment },
      isInDoubt: job === null ? payment?.state === 'Unknown' : this.jobs.isInDoubt(job),
      isRebillable: job !== null && (await this.jobs.rebillable([job])).has(job.id),
      refunds: await this.refunds.list({ chargeId }, { beforeId: undefined, limit: MANY }),
      discrepancies: await this.discrepancies.list({ orderNo, afterId: '0', limit: MANY }),
      seenAfterAll: await this.discrepancies.seenAfterAll(chargeId),
      claimants: await this.refunds.claimantsOf(charge),
      lineStops: await this.stopsOf(charge, job),
      lookup:
        transactionId === null ? undefined : await this.lookups.latest({ gateway, gatewayAccount, transactionId }),
      exchanges: await this.exchanges.list({ orderNo }, { beforeId: undefined, limit: MANY }),
    };
  }

  private async stopsOf({ subscriptionId, orderNo }: ChargeRecord, job: BulkPaymentJob | null): Promise<LineStop[]> {
    const open = { state: 'Open', limit: MANY } as const;
    return [
      ...(job === null ? [] : await this.stops.list({ ...open, jobId: job.id })),
      ...(job?.state === 'Failed' ? await this.heardOf(job) : []),
      ...(subscriptionId === null ? [] : await this.stops.list({ ...open, subscriptionId })),
      // Of an order, which is neither in a job nor of a subscription.
      ...(job === null && subscriptionId === null ? await this.stops.list({ ...open, orderNo }) : []),
    ];
  }

  /** Resolving a stop takes back nothing of what it says: only bringing the job back does. */
  private heardOf({ id: jobId }: BulkPaymentJob): Promise<LineStop[]> {
    return this.stops.list({ kind: 'gateway-contradicts', state: 'Resolved', jobId, limit: MANY });
  }
}
