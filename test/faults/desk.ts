import type { FaultWorld } from './fault-world';

/** What a person asks the admin API to do. */
export interface Act {
  method: 'POST' | 'DELETE';
  path: string;
  body: object;
  /** Whether it must be somebody else than who orders refunds. */
  bySecondPerson?: boolean;
}

interface RefundInDoubt {
  id: string;
  orderNo: string;
  amount: number;
}

/** What lies on the operators' desk, by our own database. What waits for a second person is nobody's to ask for again. */
interface Desk {
  now: Date;
  jobs: { id: string; orderNo: string; isClosed: boolean; isRebillable: boolean }[];
  refunds: RefundInDoubt[];
  discrepancies: { id: string; orderNo: string; named: string | null }[];
  stops: { id: string; kind: string }[];
  approvals: {
    id: string;
    kind: string;
    act: Record<string, string>;
    orderNo: string;
    refund: RefundInDoubt | null;
    stopKind: string | null;
  }[];
  isStopped: boolean;
}

/**
 * The decisions that wait for a person, each as somebody careful makes it: who has asked T store, whose book answers as
 * its people would.
 */
export async function decisionsOf(world: FaultWorld): Promise<Act[]> {
  const { jobs, refunds, discrepancies, stops, approvals, isStopped } = await deskOf(world);
  const decisions: Act[] = [];
  for (const job of jobs) {
    const [entry] = await world.simulator.control.bookOfOrder(job.orderNo);
    const path = `bulk-payment-jobs/${job.id}`;
    if (entry !== undefined) decisions.push(decided(`${path}/attach-gateway-job`, { gatewayJobId: entry.jobId }));
    else if (!job.isClosed) decisions.push(decided(`${path}/close-as-not-accepted`));
    else if (job.isRebillable) decisions.push(decided(`${path}/rebill`));
  }
  for (const refund of refunds) {
    const outcome = (await isGivenBack(world, refund)) ? 'refunded' : 'not-refunded';
    decisions.push(decided(`refunds/${refund.id}/resolve`, { outcome }));
  }
  for (const discrepancy of discrepancies) decisions.push(...(await acceptancesOf(world, discrepancy)));
  for (const approval of approvals) {
    const verb = (await isRight(world, approval)) ? 'approve' : 'reject';
    decisions.push({ ...decided(`approvals/${approval.id}/${verb}`), bySecondPerson: true });
  }
  // What the gateway contradicts is dealt with by attaching its job.
  for (const { id, kind } of stops) if (kind !== CONTRADICTS) decisions.push(decided(`line-stops/${id}/resolve`));
  if (isStopped) decisions.push({ ...decided('kill-switch'), method: 'DELETE' });
  return decisions;
}

/** Nobody careful lets such a stop go on: its job is attached. */
const CONTRADICTS = 'gateway-contradicts';

/** Stops all submissions. */
export const ENGAGE = decided('kill-switch');

export function decided(path: string, more: object = {}): Act {
  return { method: 'POST', path, body: { reason: 'T store was asked', ...more } };
}

/** As a careful person works a discrepancy off: asks T store for the payment and for what the line names, then accepts. */
async function acceptancesOf(world: FaultWorld, { id, orderNo, named }: Desk['discrepancies'][number]): Promise<Act[]> {
  const [entry] = await world.simulator.control.bookOfOrder(orderNo);
  if (entry?.state !== 'Charged' && entry?.state !== 'Declined') return [];
  const asked = [...new Set([entry.tid, named])].filter((transactionId) => transactionId !== null);
  const paid = { outcome: 'paid', transactionId: entry.tid };
  return [
    ...asked.map((transactionId) => decided(`discrepancies/${id}/lookup`, { transactionId })),
    decided(`discrepancies/${id}/accept`, entry.state === 'Charged' ? paid : { outcome: 'declined' }),
  ];
}

/** Whether what somebody asked for is so, by the gateway's book. What only spends or holds is nobody's mistake. */
async function isRight(world: FaultWorld, approval: Desk['approvals'][number]): Promise<boolean> {
  const { kind, act, orderNo, refund, stopKind } = approval;
  const [entry] = await world.simulator.control.bookOfOrder(orderNo);
  switch (kind) {
    case 'refund-doubt':
      return refund !== null && (act.outcome === 'refunded') === (await isGivenBack(world, refund));
    case 'job-doubt':
      return act.do === 'attach-gateway-job' ? entry?.jobId === act.gatewayJobId : entry === undefined;
    case 'discrepancy':
      return act.outcome === 'paid' ? entry?.tid === act.transactionId : entry?.state === 'Declined';
    case 'line-stop':
      return stopKind !== CONTRADICTS;
    default:
      return true;
  }
}

/** Whether the gateway's book has one refund more of this amount than we know of. */
export async function isGivenBack(world: FaultWorld, { orderNo, amount }: RefundInDoubt): Promise<boolean> {
  const [entry] = await world.simulator.control.bookOfOrder(orderNo);
  const [known] = await world.rows<{ count: number }>(
    `SELECT count(*)::int AS count FROM refund JOIN charge ON charge.id = refund.charge_id
     WHERE charge.order_no = $1 AND refund.amount = $2 AND refund.state = 'Refunded'`,
    [orderNo, amount],
  );
  return (entry?.refunds ?? []).filter((refund) => refund.amount === amount).length > (known?.count ?? 0);
}

async function deskOf(world: FaultWorld): Promise<Desk> {
  const [desk] = await world.rows<Desk>(
    `SELECT
       (SELECT coalesce(jsonb_agg(job ORDER BY id), '[]') FROM (
          SELECT id::text, state = 'Failed' AS "isClosed",
            (SELECT order_no FROM charge WHERE bulk_payment_job_id = job.id AND line_number = 2) AS "orderNo",
            billing_run_id IS NOT NULL
              AND NOT EXISTS (SELECT FROM bulk_payment_job WHERE rebill_of_job_id = job.id) AS "isRebillable"
          FROM bulk_payment_job AS job
          WHERE (state = 'Failed'
              OR (state = 'Processing' AND gateway_job_id IS NULL AND (lease_until IS NULL OR lease_until <= $1)))
            AND NOT EXISTS (
              SELECT FROM approval WHERE kind = 'job-doubt' AND subject_id = job.id AND state = 'Waiting')) AS job
       ) AS jobs,
       (SELECT coalesce(jsonb_agg(waiting ORDER BY id), '[]') FROM (
          SELECT refund.id::text, charge.order_no AS "orderNo", refund.amount
          FROM refund JOIN charge ON charge.id = refund.charge_id
          WHERE refund.state = 'Unknown' AND refund.next_attempt_at IS NULL
            AND NOT EXISTS (
              SELECT FROM approval WHERE kind = 'refund-doubt' AND subject_id = refund.id AND state = 'Waiting'))
          AS waiting) AS refunds,
       (SELECT coalesce(jsonb_agg(waiting ORDER BY id), '[]') FROM (
          SELECT discrepancy.id::text, discrepancy.order_no AS "orderNo", found ->> 'transactionId' AS named
          FROM discrepancy
          WHERE discrepancy.state = 'Open' AND discrepancy.charge_id IS NOT NULL
            AND NOT EXISTS (SELECT FROM approval WHERE kind = 'discrepancy' AND subject_id = discrepancy.id
              AND state = 'Waiting')) AS waiting) AS discrepancies,
       (SELECT coalesce(jsonb_agg(waiting ORDER BY id), '[]') FROM (
          SELECT approval.id::text, approval.kind, approval.act,
            coalesce(refunded.order_no, disputed.order_no, sent.order_no, '') AS "orderNo",
            CASE WHEN refund.id IS NOT NULL THEN jsonb_build_object('id', refund.id::text, 'orderNo', refunded.order_no,
              'amount', refund.amount) END AS refund, stopped.kind AS "stopKind"
          FROM approval
          LEFT JOIN refund ON approval.kind IN ('refund', 'refund-doubt') AND refund.id = approval.subject_id
          LEFT JOIN charge AS refunded ON refunded.id = refund.charge_id
          LEFT JOIN discrepancy AS disputed ON approval.kind = 'discrepancy' AND disputed.id = approval.subject_id
          LEFT JOIN charge AS sent ON approval.kind = 'job-doubt' AND sent.bulk_payment_job_id = approval.subject_id
            AND sent.line_number = 2
          LEFT JOIN line_stop AS stopped ON approval.kind = 'line-stop' AND stopped.id = approval.subject_id
          WHERE approval.state = 'Waiting' AND (approval.expires_at IS NULL OR approval.expires_at > $1))
          AS waiting) AS approvals,
       (SELECT coalesce(jsonb_agg(stop ORDER BY id), '[]') FROM (
          SELECT id::text, kind FROM line_stop WHERE state = 'Open' AND NOT EXISTS (
            SELECT FROM approval WHERE kind = 'line-stop' AND subject_id = line_stop.id AND state = 'Waiting'))
          AS stop) AS stops,
       (SELECT engaged FROM kill_switch) AS "isStopped"`,
    [world.clock.now()],
  );
  if (desk === undefined) throw new Error('the desk can’t be read');
  return desk;
}
