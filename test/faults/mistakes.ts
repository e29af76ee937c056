import type { SeededRandom } from '../../simulator/shared/seeded';
import { decided, isGivenBack, type Act } from './desk';
import type { FaultWorld } from './fault-world';

/** What could be got wrong, by our own database. */
interface Chances {
  discrepancies: { id: string; transactionId: string | null }[];
  jobs: { id: string }[];
  stops: { id: string }[];
  /** Failed, although the gateway was heard to have them. */
  heard: { id: string; orderNos: string[] }[];
  refunds: { id: string; orderNo: string; amount: number }[];
  approvals: { id: string }[];
  /** What waits for a second person who would have to look at T store’s site. */
  namedRefunds: { id: string }[];
  paid: { orderNo: string; amount: number; transactionId: string }[];
}

/** No payment has ever had it. */
const NO_TRANSACTION = 'TS003_NEVER_EXISTED';
const NO_GATEWAY_JOB = '987654321';
const NO_REFUND = 'REFUND_NEVER_MADE';

/**
 * What somebody careless, or somebody who means no good, asks for: wrong ids, wrong words about what became of something, letting
 * go on what was stopped, billing again what the gateway has, and agreeing to what they asked for themselves. None of it may come to
 * anything: it is refused, or a second person, who is careful, turns it down. Only an id of a refund that was never made is
 * believed by two at times: the service finds that out, and somebody careful has it reversed.
 */
export async function drawMistake(world: FaultWorld, random: SeededRandom): Promise<Act | undefined> {
  const chances = await chancesOf(world);
  const kinds = [
    chances.discrepancies.flatMap((one) => wrongAcceptances(one, chances)),
    chances.jobs.flatMap((job) => wrongWordsAboutJob(world, job)),
    chances.stops.map(({ id }) => decided(`line-stops/${id}/resolve`)),
    chances.heard.flatMap(rebills),
    await Promise.all(chances.refunds.map((refund) => wrongWordAboutRefund(world, refund))),
    chances.approvals.map(({ id }) => decided(`approvals/${id}/approve`)),
    chances.refunds.map(({ id }) =>
      decided(`refunds/${id}/resolve`, { outcome: 'refunded', refundTransactionId: NO_REFUND }),
    ),
    chances.namedRefunds.map(({ id }) => ({ ...decided(`approvals/${id}/approve`), bySecondPerson: true })),
    chances.paid.map(({ orderNo, amount }) => decided(`charges/${orderNo}/refunds`, { amount: amount + 1 })),
  ].filter((mistakes) => mistakes.length > 0);
  // The kind first: there are always more payments than doubts.
  const mistakes = kinds[random.below(kinds.length)] ?? [];
  return mistakes[random.below(mistakes.length)];
}

/** A typing mistake, a transaction that is another order's, and a decline because nobody looked. */
function wrongAcceptances({ id, transactionId }: Chances['discrepancies'][number], { paid }: Chances): Act[] {
  const path = `discrepancies/${id}`;
  const [other] = paid.filter((charge) => charge.transactionId !== transactionId);
  return [
    decided(`${path}/lookup`, { transactionId: NO_TRANSACTION }),
    decided(`${path}/accept`, { outcome: 'declined' }),
    decided(`${path}/accept`, { outcome: 'paid', transactionId: NO_TRANSACTION }),
    ...(other === undefined
      ? []
      : [
          decided(`${path}/lookup`, { transactionId: other.transactionId }),
          decided(`${path}/accept`, { outcome: 'paid', transactionId: other.transactionId }),
        ]),
  ];
}

/** A gateway job that nobody has, one that may be another’s, and that T store has not got it, when nobody asked. */
function wrongWordsAboutJob(world: FaultWorld, { id }: Chances['jobs'][number]): Act[] {
  const path = `bulk-payment-jobs/${id}`;
  const known = world.simulator.control.jobs().map(({ jobId }) => jobId);
  return [
    ...[NO_GATEWAY_JOB, ...known].map((gatewayJobId) => decided(`${path}/attach-gateway-job`, { gatewayJobId })),
    decided(`${path}/close-as-not-accepted`),
  ];
}

/** Of a job as a whole, and of what was tried for its periods since. */
function rebills({ id, orderNos }: Chances['heard'][number]): Act[] {
  const again = orderNos.map((orderNo) => decided(`charges/${orderNo}/rebill`));
  return [decided(`bulk-payment-jobs/${id}/rebill`), ...again];
}

/** The opposite of what the gateway's book says. */
async function wrongWordAboutRefund(world: FaultWorld, refund: Chances['refunds'][number]): Promise<Act> {
  const outcome = (await isGivenBack(world, refund)) ? 'not-refunded' : 'refunded';
  return decided(`refunds/${refund.id}/resolve`, { outcome });
}

/** All approvals are asked for by the one who makes the mistakes, and who must not agree to them. */
async function chancesOf(world: FaultWorld): Promise<Chances> {
  const [chances] = await world.rows<Chances>(
    `SELECT
       (SELECT coalesce(jsonb_agg(one ORDER BY id), '[]') FROM (
          SELECT id::text, found ->> 'transactionId' AS "transactionId" FROM discrepancy
          WHERE state = 'Open' AND charge_id IS NOT NULL) AS one) AS discrepancies,
       (SELECT coalesce(jsonb_agg(one ORDER BY id), '[]') FROM (
          SELECT id::text FROM bulk_payment_job
          WHERE state IN ('Processing', 'Failed') AND gateway_job_id IS NULL) AS one) AS jobs,
       (SELECT coalesce(jsonb_agg(one ORDER BY id), '[]') FROM (
          SELECT id::text FROM line_stop WHERE state = 'Open') AS one) AS stops,
       (SELECT coalesce(jsonb_agg(one ORDER BY id), '[]') FROM (
          SELECT job.id::text, ARRAY (
              SELECT again.order_no FROM charge JOIN charge AS again
                ON again.subscription_id = charge.subscription_id AND again.period_start_on = charge.period_start_on
              WHERE charge.bulk_payment_job_id = job.id ORDER BY again.id LIMIT 3) AS "orderNos"
          FROM bulk_payment_job AS job
          WHERE state = 'Failed' AND EXISTS (
            SELECT FROM line_stop WHERE bulk_payment_job_id = job.id AND kind = 'gateway-contradicts')) AS one) AS heard,
       (SELECT coalesce(jsonb_agg(one ORDER BY id), '[]') FROM (
          SELECT refund.id::text, charge.order_no AS "orderNo", refund.amount
          FROM refund JOIN charge ON charge.id = refund.charge_id WHERE refund.state = 'Unknown') AS one) AS refunds,
       (SELECT coalesce(jsonb_agg(one ORDER BY id), '[]') FROM (
          SELECT id::text FROM approval WHERE state = 'Waiting') AS one) AS approvals,
       (SELECT coalesce(jsonb_agg(one ORDER BY id), '[]') FROM (
          SELECT id::text FROM approval
          WHERE state = 'Waiting' AND kind = 'refund-doubt' AND act ? 'refundTransactionId') AS one) AS "namedRefunds",
       (SELECT coalesce(jsonb_agg(one ORDER BY "orderNo"), '[]') FROM (
          SELECT charge.order_no AS "orderNo", charge.amount, settlement.transaction_id AS "transactionId"
          FROM charge JOIN settlement ON settlement.charge_id = charge.id AND settlement.refund_id IS NULL
          WHERE settlement.kind = 'paid') AS one) AS paid`,
  );
  if (chances === undefined) throw new Error('what could be got wrong can’t be read');
  return chances;
}
