import type { PaymentMethod } from '../../../src/gateways/tstore/wire';
import type { Job } from '../jobs/job';
import type { JobRegister } from '../jobs/job-register';
import { readRows, type RequestRow } from '../jobs/request-rows';
import type { Client } from '../oauth/clients';
import { OUTCOME } from '../result-codes';
import { completedTextOf, positionOf, transactionIdOf } from './transaction-id';

/**
 * Only `11` is known, from a sample; that it is the carrier, and the other two codes, are the simulator's own choice.
 */
const METHOD_CODES = { carrier: '11', creditCard: '21', tmembership: '31' } as const;

export interface Payment {
  tid: string;
  job: Job;
  row: RequestRow;
  /** Names the payer: the billing token itself, as T store's guide prints it (docs/protocol/tstore.md, section 3). */
  authKey: string;
  methods: PaymentMethod[];
}

/** A charged row of a client by its transaction id; null when it has no such payment. */
export async function findPayment(jobs: JobRegister, tid: string, client: Client): Promise<Payment | null> {
  const place = positionOf(tid);
  const job = place ? jobs.findByNumber(place.jobNumber) : undefined;
  if (!place || job?.client !== client || job.state !== 'Completed' || job.outcomes[place.position] !== OUTCOME.charged)
    return null;
  if (transactionIdOf(job, place.position, completedTextOf(job)) !== tid) return null;
  const [row] = await readRows(job.rows, [place.position]);
  if (!row) return null;
  return { tid, job, row, authKey: row.billingToken, methods: methodsOf(row) };
}

/** At least one, as in every sample: a payment of nothing counts as the carrier's. */
function methodsOf(row: RequestRow): PaymentMethod[] {
  const methods = [
    { paymentMethod: METHOD_CODES.carrier, amount: row.carrierAmount },
    { paymentMethod: METHOD_CODES.creditCard, amount: row.creditCardAmount },
    { paymentMethod: METHOD_CODES.tmembership, amount: row.tmembershipAmount },
  ].filter((method) => method.amount > 0);
  return methods.length > 0 ? methods : [{ paymentMethod: METHOD_CODES.carrier, amount: 0 }];
}
