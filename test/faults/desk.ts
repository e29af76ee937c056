import type { FaultWorld } from './fault-world';

/** What a person asks the admin API to do. */
export interface Act {
  method: 'POST' | 'PATCH' | 'DELETE';
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

interface GatewayPayment {
  transactionId: string;
  refunds: readonly { amount: number }[];
}

/** What lies on the operators' desk, by our own database. What waits for a second person is nobody's to ask for again. */
interface Desk {
  now: Date;
  jobs: { id: string; orderNo: string; isClosed: boolean; isRebillable: boolean }[];
  refunds: RefundInDoubt[];
  /** Said to be made by persons. */
  saidMade: RefundInDoubt[];
  /** In doubt, and nothing more is done about it by itself. */
  payments: { id: string; orderNo: string; isLookedUp: boolean }[];
  /** Seen as given back at its gateway without us. */
  outside: { id: string; orderNo: string; isAnyInDoubt: boolean }[];
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
 * The decisions that wait for a person, each as somebody careful makes it: who has asked the gateway, whose book answers as
 * its people would.
 */
export async function decisionsOf(world: FaultWorld): Promise<Act[]> {
  const { jobs, refunds, saidMade, payments, outside, discrepancies, stops, approvals, isStopped } =
    await deskOf(world);
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
  for (const refund of saidMade) {
    if (await isSaidTooOften(world, refund)) decisions.push(decided(`refunds/${refund.id}/reverse`));
  }
  for (const { id, orderNo, isLookedUp } of payments) {
    const payment = await paymentOf(world, orderNo);
    const paid = payment && { outcome: 'paid', transactionId: payment.transactionId };
    const word = decided(`direct-payments/${id}/resolve`, paid ?? { outcome: 'not-paid' });
    // Most are found out by another look.
    decisions.push(isLookedUp ? word : decided(`direct-payments/${id}/look`));
  }
  for (const { id, orderNo, isAnyInDoubt } of outside) {
    const amount = await givenBackUnknown(world, orderNo);
    if (amount > 0 && !isAnyInDoubt) decisions.push(decided('outside-refunds', { orderNo, amount }));
    else if (!isAnyInDoubt) decisions.push(decided(`outside-refunds/${id}/dismiss`));
  }
  for (const discrepancy of discrepancies) decisions.push(...(await acceptancesOf(world, discrepancy)));
  for (const approval of approvals) {
    const verb = (await isRight(world, approval)) ? 'approve' : 'reject';
    decisions.push({ ...decided(`approvals/${approval.id}/${verb}`), bySecondPerson: true });
  }
  for (const { id, kind } of stops)
    if (!ENDED_BY_ACTS.includes(kind)) decisions.push(decided(`line-stops/${id}/resolve`));
  if (isStopped) decisions.push({ ...decided('kill-switch'), method: 'DELETE' });
  return decisions;
}

/** Nobody careful resolves such a stop: its job is attached, its refund reversed. */
const ENDED_BY_ACTS = ['gateway-contradicts', 'refund-not-made'];

/** Stops all submissions. */
export const ENGAGE = decided('kill-switch');

export function decided(path: string, more: object = {}): Act {
  return { method: 'POST', path, body: { reason: 'the gateway was asked', ...more } };
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
    case 'refund-reversal':
      return refund !== null && (await isSaidTooOften(world, refund));
    case 'job-doubt':
      return act.do === 'attach-gateway-job' ? entry?.jobId === act.gatewayJobId : entry === undefined;
    case 'payment-doubt': {
      const payment = await paymentOf(world, orderNo);
      return act.outcome === 'paid' ? payment?.transactionId === act.transactionId : payment === undefined;
    }
    case 'discrepancy':
      return act.outcome === 'paid' ? entry?.tid === act.transactionId : entry?.state === 'Declined';
    case 'outside-refund':
      // A message may have told of some of it meanwhile.
      return Number(act.amount) === (await givenBackUnknown(world, act.orderNo ?? ''));
    case 'line-stop':
      return !ENDED_BY_ACTS.includes(stopKind ?? '');
    default:
      return true;
  }
}

/** What any gateway has of an order number it took money for. */
async function paymentOf(world: FaultWorld, orderNo: string): Promise<GatewayPayment | undefined> {
  const { control, toss, kakaopay } = world.simulator;
  const [entry] = await control.bookOfOrder(orderNo);
  if (entry?.state === 'Charged') return { transactionId: entry.tid ?? '', refunds: entry.refunds };
  const approved = toss.bookOfOrder(orderNo).find(({ approvals }) => approvals > 0);
  if (approved !== undefined) return { transactionId: approved.paymentKey, refunds: approved.cancels };
  const byKakaopay = kakaopay.bookOfOrder(orderNo).find(({ approvedAmount }) => approvedAmount > 0);
  return byKakaopay && { transactionId: byKakaopay.tid, refunds: byKakaopay.cancels };
}

/** How much more the gateway's book has given back of an order than we know of. */
async function givenBackUnknown(world: FaultWorld, orderNo: string): Promise<number> {
  const payment = await paymentOf(world, orderNo);
  const [ours] = await world.rows<{ known: number }>(
    `SELECT coalesce(sum(refund.amount), 0)::float8 AS known FROM refund JOIN charge ON charge.id = refund.charge_id
     WHERE charge.order_no = $1 AND refund.state = 'Refunded'`,
    [orderNo],
  );
  return (payment?.refunds ?? []).reduce((sum, { amount }) => sum + amount, -(ours?.known ?? 0));
}

/** Whether the gateway's book has one refund more of this amount than we know of. */
export async function isGivenBack(world: FaultWorld, refund: RefundInDoubt): Promise<boolean> {
  const { booked, known } = await countsOf(world, refund);
  return booked > known;
}

/** Whether we know of one refund more of this amount than the gateway's book has. */
async function isSaidTooOften(world: FaultWorld, refund: RefundInDoubt): Promise<boolean> {
  const { booked, known } = await countsOf(world, refund);
  return known > booked;
}

async function countsOf(
  world: FaultWorld,
  { orderNo, amount }: RefundInDoubt,
): Promise<{ booked: number; known: number }> {
  const payment = await paymentOf(world, orderNo);
  const [ours] = await world.rows<{ count: number }>(
    `SELECT count(*)::int AS count FROM refund JOIN charge ON charge.id = refund.charge_id
     WHERE charge.order_no = $1 AND refund.amount = $2 AND refund.state = 'Refunded'`,
    [orderNo, amount],
  );
  const booked = (payment?.refunds ?? []).filter((refund) => refund.amount === amount).length;
  return { booked, known: ours?.count ?? 0 };
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
       (SELECT coalesce(jsonb_agg(said ORDER BY id), '[]') FROM (
          SELECT refund.id::text, charge.order_no AS "orderNo", refund.amount
          FROM refund JOIN charge ON charge.id = refund.charge_id
          WHERE refund.state = 'Refunded' AND refund.result_code = 'by-decision'
            AND NOT EXISTS (
              SELECT FROM approval WHERE kind = 'refund-reversal' AND subject_id = refund.id AND state = 'Waiting'))
          AS said) AS "saidMade",
       (SELECT coalesce(jsonb_agg(waiting ORDER BY id), '[]') FROM (
          SELECT payment.id::text, charge.order_no AS "orderNo",
            -- A charge by SID has nothing by which it could be looked up when its answer is lost.
            payment.gateway = 'kakaopay' AND payment.origin = 'method'
              OR EXISTS (SELECT FROM direct_payment_look WHERE direct_payment_id = payment.id) AS "isLookedUp"
          FROM direct_payment AS payment JOIN charge ON charge.id = payment.charge_id
          WHERE payment.state = 'Unknown' AND payment.next_attempt_at IS NULL AND payment.lease_id IS NULL
            AND NOT EXISTS (
              SELECT FROM approval WHERE kind = 'payment-doubt' AND subject_id = payment.id AND state = 'Waiting'))
          AS waiting) AS payments,
       (SELECT coalesce(jsonb_agg(seen ORDER BY id), '[]') FROM (
          SELECT suspected.id::text, charge.order_no AS "orderNo",
            EXISTS (SELECT FROM refund WHERE charge_id = charge.id AND ended_at IS NULL)
              OR EXISTS (SELECT FROM approval WHERE kind = 'outside-refund' AND state = 'Waiting'
                AND act ->> 'orderNo' = charge.order_no) AS "isAnyInDoubt"
          FROM outside_refund AS suspected JOIN charge ON charge.id = suspected.charge_id
          WHERE suspected.state = 'Suspected' AND charge.gateway <> 'tstore') AS seen) AS outside,
       (SELECT coalesce(jsonb_agg(waiting ORDER BY id), '[]') FROM (
          SELECT discrepancy.id::text, discrepancy.order_no AS "orderNo", found ->> 'transactionId' AS named
          FROM discrepancy
          WHERE discrepancy.state = 'Open' AND discrepancy.charge_id IS NOT NULL
            AND NOT EXISTS (SELECT FROM approval WHERE kind = 'discrepancy' AND subject_id = discrepancy.id
              AND state = 'Waiting')) AS waiting) AS discrepancies,
       (SELECT coalesce(jsonb_agg(waiting ORDER BY id), '[]') FROM (
          SELECT approval.id::text, approval.kind, approval.act,
            coalesce(refunded.order_no, disputed.order_no, sent.order_no, doubted.order_no, '') AS "orderNo",
            CASE WHEN refund.id IS NOT NULL THEN jsonb_build_object('id', refund.id::text, 'orderNo', refunded.order_no,
              'amount', refund.amount) END AS refund, stopped.kind AS "stopKind"
          FROM approval
          LEFT JOIN refund ON approval.kind IN ('refund', 'refund-doubt', 'refund-reversal') AND refund.id = approval.subject_id
          LEFT JOIN charge AS refunded ON refunded.id = refund.charge_id
          LEFT JOIN discrepancy AS disputed ON approval.kind = 'discrepancy' AND disputed.id = approval.subject_id
          LEFT JOIN charge AS sent ON approval.kind = 'job-doubt' AND sent.bulk_payment_job_id = approval.subject_id
            AND sent.line_number = 2
          LEFT JOIN direct_payment AS payment ON approval.kind = 'payment-doubt' AND payment.id = approval.subject_id
          LEFT JOIN charge AS doubted ON doubted.id = payment.charge_id
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
