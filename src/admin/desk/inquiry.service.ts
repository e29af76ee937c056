import { Injectable } from '@nestjs/common';
import { BulkPaymentJobs, Discrepancies, type BulkPaymentJob, type DiscrepancyRecord } from '../../bulk-payment';
import { Charges, type ChargeRecord } from '../../charge';
import { Refunds, type Refund } from '../../refund';
import { LineStops, type LineStop } from '../../line-stop';
import { Subscriptions } from '../../subscription';
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
  isInDoubt: boolean;
  /** Whether another job bills the charges of its job again. */
  isRebilled: boolean;
  refunds: Refund[];
  discrepancies: DiscrepancyRecord[];
  /** Open ones that park its job or its subscription; resolved ones too that say that the gateway has its failed job. */
  lineStops: LineStop[];
  /** What its gateway said of its payment last, without being asked now. */
  lookup: TransactionLookup | undefined;
}

/** Of a customer the latest charges are what is asked about; all of them are in the list of charges. */
const CHARGES_OF_A_CUSTOMER = 12;
const SUBSCRIPTIONS_OF_A_CUSTOMER = 20;
const MANY = 100;

/** Gathers what is known of a payment. Asks nobody outside and changes nothing. */
@Injectable()
export class Inquiry {
  constructor(
    private readonly charges: Charges,
    private readonly subscriptions: Subscriptions,
    private readonly refunds: Refunds,
    private readonly discrepancies: Discrepancies,
    private readonly jobs: BulkPaymentJobs,
    private readonly stops: LineStops,
    private readonly lookups: TransactionLookups,
  ) {}

  /** Newest charge first; none when nothing is known. */
  async factsOf({ orderNo, transactionId, customerReference }: InquirySubject): Promise<ChargeFacts[]> {
    const charges =
      customerReference === undefined
        ? await this.charges.list({ orderNo, transactionId }, { beforeId: undefined, limit: CHARGES_OF_A_CUSTOMER })
        : await this.chargesOfCustomer(customerReference);
    return Promise.all(charges.map((charge) => this.gather(charge)));
  }

  private async chargesOfCustomer(customerReference: string): Promise<ChargeRecord[]> {
    const page = { beforeId: undefined, limit: SUBSCRIPTIONS_OF_A_CUSTOMER };
    const subscriptions = await this.subscriptions.list({ customerReference }, page);
    const found = await Promise.all(
      subscriptions.map(({ id }) =>
        this.charges.list({ subscriptionId: id }, { beforeId: undefined, limit: CHARGES_OF_A_CUSTOMER }),
      ),
    );
    const newestFirst = found.flat().sort((one, other) => Number(BigInt(other.id) - BigInt(one.id)));
    return newestFirst.slice(0, CHARGES_OF_A_CUSTOMER);
  }

  private async gather(charge: ChargeRecord): Promise<ChargeFacts> {
    const { id: chargeId, gateway, gatewayAccount, orderNo, transactionId } = charge;
    const job = charge.bulkPaymentJobId === null ? null : await this.jobs.get(charge.bulkPaymentJobId);
    return {
      charge,
      job,
      isInDoubt: job !== null && this.jobs.isInDoubt(job),
      isRebilled: job !== null && (await this.jobs.rebilled([job.id])).has(job.id),
      refunds: await this.refunds.list({ chargeId }, { beforeId: undefined, limit: MANY }),
      discrepancies: await this.discrepancies.list({ orderNo, afterId: '0', limit: MANY }),
      lineStops: await this.stopsOf(charge, job),
      lookup:
        transactionId === null ? undefined : await this.lookups.latest({ gateway, gatewayAccount, transactionId }),
    };
  }

  private async stopsOf({ subscriptionId }: ChargeRecord, job: BulkPaymentJob | null): Promise<LineStop[]> {
    const open = { state: 'Open', limit: MANY } as const;
    return [
      ...(job === null ? [] : await this.stops.list({ ...open, jobId: job.id })),
      ...(job?.state === 'Failed' ? await this.heardOf(job) : []),
      ...(subscriptionId === null ? [] : await this.stops.list({ ...open, subscriptionId })),
    ];
  }

  /** Resolving a stop takes back nothing of what it says: only bringing the job back does. */
  private heardOf({ id: jobId }: BulkPaymentJob): Promise<LineStop[]> {
    return this.stops.list({ kind: 'gateway-contradicts', state: 'Resolved', jobId, limit: MANY });
  }
}
