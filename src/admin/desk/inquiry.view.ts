import { ApiProperty } from '@nestjs/swagger';
import type { BulkPaymentJob, DiscrepancyRecord } from '../../bulk-payment';
import {
  VERDICTS,
  verdictOf,
  type AnswerProgress,
  type ChargeRecord,
  type Ground,
  type Verdict,
  type VerdictFacts,
} from '../../charge';
import type { GatewayName } from '../../gateways';
import type { LineStop } from '../../line-stop';
import { wonInWords } from '../../kernel/won';
import { ChargeView, chargeViewOf } from '../charge/charges.view';
import { discrepancyViewOf } from '../discrepancy/discrepancies.view';
import type { ChargeFacts } from './inquiry.service';
import { jobActionsOf } from '../bulk-payment-job/job-actions';
import { lineStopViewOf } from '../line-stop/line-stops.view';
import { refundViewOf } from '../refund/refunds.view';
import { FirstColumns } from '../lists';

/** One reason to believe the verdict: what happened, when, and where it is kept. */
export class EvidenceView {
  @ApiProperty({ example: 'settled' }) what!: string;
  @ApiProperty({ type: Date, nullable: true }) at!: Date | null;
  @ApiProperty() says!: string;
  @ApiProperty({ description: 'Where it is kept' }) link!: string;
}

/** One thing that may be done now. */
export class ActionView {
  @ApiProperty({ example: 'refund' }) action!: string;
  @ApiProperty({ enum: ['GET', 'POST'] }) method!: 'GET' | 'POST';
  @ApiProperty() href!: string;
}

@FirstColumns('charge.settledAt', 'charge.orderNo', 'charge.productName', 'verdict', 'amountCharged', 'because')
export class AnswerView {
  @ApiProperty({ enum: VERDICTS }) verdict!: Verdict;
  @ApiProperty({ type: 'integer', description: 'Won the customer is out of pocket, by our record' })
  amountCharged!: number;
  @ApiProperty({ description: 'The verdict in words' }) because!: string;
  @ApiProperty({ type: ChargeView }) charge!: ChargeView;
  @ApiProperty({ type: [EvidenceView], description: 'How we know, in the order it happened' })
  evidence!: EvidenceView[];
  @ApiProperty({ type: [ActionView], description: 'What may be done now' }) actions!: ActionView[];
}

const ROOT = '/admin/v1';

const NAMES_IN_WORDS: Readonly<Record<GatewayName, string>> = {
  tstore: 'T store',
  toss: 'Toss Payments',
  kakaopay: 'KakaoPay',
  portone: 'PortOne',
};

export function answerViewOf(facts: ChargeFacts): AnswerView {
  const { verdict, ground, amountCharged } = verdictOf(verdictFactsOf(facts));
  return {
    verdict,
    amountCharged,
    because: told(inWords(ground, facts), facts.lineStops),
    charge: chargeViewOf(facts.charge),
    evidence: evidenceOf(facts),
    actions: actionsOf(facts),
  };
}

/** A line stop may mean that the record is wrong, so it is never left unsaid. */
function told(because: string, lineStops: readonly LineStop[]): string {
  const stops = lineStops.filter(({ violation }) => violation !== because);
  return [because, ...stops.map((stop) => `line stopped: ${stop.violation}`)].join('; ');
}

/** What the rooms above the charge know of it, as it asks for it. */
function verdictFactsOf({ charge, job, isInDoubt, discrepancies, lineStops }: ChargeFacts): VerdictFacts {
  return {
    charge,
    wasNotTaken: job?.state === 'Failed',
    isInDoubt,
    isContradicted: lineStops.some(isContradiction),
    isPaidAfterAll: lineStops.some(isPaymentOf(charge)),
    isDiscrepant: discrepancies.some(isOpen),
    answer: job === null ? 'none' : answerOf(job),
  };
}

function answerOf(job: BulkPaymentJob): AnswerProgress {
  if (job.state !== 'VerifiedCompleted') return 'none';
  if (job.resultDownloadedAt !== null) return 'here';
  return job.resultFilesRefused > 0 ? 'refused' : 'announced';
}

const isOpen = ({ state }: DiscrepancyRecord): boolean => state === 'Open';
const isContradiction = ({ kind }: LineStop): boolean => kind === 'gateway-contradicts';
/** A stop parks the subscription, whose other charges are as they were. */
const isPaymentOf =
  ({ orderNo }: ChargeRecord) =>
  ({ kind, evidence }: LineStop): boolean =>
    kind === 'paid-after-all' && evidence.orderNo === orderNo;

function inWords(ground: Ground, { charge, job, refunds, discrepancies, lineStops }: ChargeFacts): string {
  const gateway = NAMES_IN_WORDS[charge.gateway];
  const paid = `${gateway} collected ${wonInWords(charge.amount)} as ${charge.transactionId}`;
  const refunded = `${wonInWords(charge.refundedAmount)} were given back`;
  const open = refunds.find((refund) => refund.endedAt === null);
  const failure = job?.lastError == null ? '' : `: ${job.lastError}`;
  const words: Record<Ground, string> = {
    paid,
    refunded: `${paid}; ${refunded}`,
    refunding: `${paid}; ${refunded}; a refund of ${wonInWords(open?.amount ?? 0)} is ${open?.state}`,
    declined: `${gateway} declined it: ${charge.resultCode} ${charge.resultMessage}`,
    closed: `closed by decision, neither as paid nor as declined: ${charge.resultMessage}`,
    'not-sent': `nothing of it was sent to ${gateway}`,
    'not-taken': `its job failed: ${job?.failureReason}`,
    contradicted: `${(lineStops.find(isPaymentOf(charge)) ?? lineStops.find(isContradiction))?.violation}`,
    'in-doubt': 'nobody knows whether T store has its job',
    discrepant: `T store’s answer is a discrepancy: ${discrepancies.find(isOpen)?.kind}`,
    unanswered: `${gateway} has not answered yet`,
    'answer-announced': `T store is done with its job, and the result is not here yet${failure}`,
    'answer-refused': `T store answered, and its result file was refused ${job?.resultFilesRefused} time(s)${failure}`,
    'answer-unsettled': `T store’s result is here, and not settled yet${failure}`,
  };
  return words[ground];
}

function evidenceOf({ charge, job, refunds, discrepancies, lineStops, lookup }: ChargeFacts): EvidenceView[] {
  const entries: (EvidenceView | false)[] = [
    ...(job === null ? [askedAlone(charge)] : wayThrough(job, charge)),
    ...discrepancies.map((discrepancy) => ({
      what: `discrepancy ${discrepancy.state}`,
      at: discrepancy.decidedAt ?? discrepancy.createdAt,
      says:
        discrepancy.decidedBy === null ? discrepancy.kind : `${discrepancy.decidedBy}: ${discrepancy.decisionReason}`,
      link: `${ROOT}/discrepancies/${discrepancy.id}`,
    })),
    charge.settlementPosition !== null && {
      what: 'settled',
      at: charge.settledAt,
      says: `position ${charge.settlementPosition} of the settlement log`,
      link: `${ROOT}/settlement-log?after=${BigInt(charge.settlementPosition) - 1n}&limit=1`,
    },
    ...refunds.map((refund) => ({
      what: `refund ${refund.state}`,
      at: refund.endedAt ?? refund.sentAt ?? refund.requestedAt,
      says: `${wonInWords(refund.amount)}: ${refund.resultMessage ?? refund.reason}`,
      link: `${ROOT}/refunds/${refund.id}`,
    })),
    ...lineStops.map((stop) => ({
      what: 'line stopped',
      at: stop.raisedAt,
      says: stop.violation,
      link: `${ROOT}/line-stops/${stop.id}`,
    })),
    lookup !== undefined && {
      what: 'looked up',
      at: lookup.at,
      says:
        lookup.found === null
          ? `${lookup.answer}: ${lookup.message}`
          : `${NAMES_IN_WORDS[charge.gateway]} has it as ${lookup.found.status}`,
      link: `${ROOT}/charges/${encodeURIComponent(charge.orderNo)}/transaction`,
    },
  ];
  const kept = entries.filter((entry) => entry !== false);
  return kept.sort((one, other) => (one.at?.getTime() ?? 0) - (other.at?.getTime() ?? 0));
}

/** Of a charge that is in no job. */
function askedAlone({ createdAt, orderNo, gateway }: ChargeRecord): EvidenceView {
  const link = `${ROOT}/charges/${encodeURIComponent(orderNo)}`;
  return { what: 'requested', at: createdAt, says: `by itself, of ${NAMES_IN_WORDS[gateway]}`, link };
}

/** From its line in the file that T store was sent to the line of the result. */
function wayThrough(job: BulkPaymentJob, charge: ChargeRecord): (EvidenceView | false)[] {
  const link = linkOf(job);
  return [
    { what: 'requested', at: charge.createdAt, says: `line ${charge.lineNumber} of job ${job.id}`, link },
    job.submissionStartedAt !== null && {
      what: 'sent',
      at: job.submissionStartedAt,
      says: job.gatewayJobId === null ? 'T store’s job id is not known' : `as T store’s job ${job.gatewayJobId}`,
      link: `${link}/request-file`,
    },
    job.verifiedAt !== null && {
      what: 'completion verified',
      at: job.verifiedAt,
      says: 'PNS confirmed its notification',
      link: `${ROOT}/notifications?jobId=${job.id}`,
    },
    charge.resultLineNumber !== null && {
      what: 'answered',
      at: job.resultDownloadedAt,
      says: `line ${charge.resultLineNumber} of the result file: ${charge.resultCode} ${charge.resultMessage}`,
      link: `${link}/result-file`,
    },
  ];
}

function linkOf({ id }: BulkPaymentJob): string {
  return `${ROOT}/bulk-payment-jobs/${id}`;
}

function actionsOf({
  charge,
  job,
  isInDoubt: inDoubt,
  isRebilled,
  refunds,
  discrepancies,
  lineStops,
}: ChargeFacts): ActionView[] {
  const own = `${ROOT}/charges/${encodeURIComponent(charge.orderNo)}`;
  const post = (base: string, action: string): ActionView => ({ action, method: 'POST', href: `${base}/${action}` });
  const ofCharge: Record<string, ActionView> = {
    'look-up': { action: 'look-up', method: 'GET', href: `${own}/transaction` },
    refund: { action: 'refund', method: 'POST', href: `${own}/refunds` },
    rebill: post(own, 'rebill'),
  };
  return [
    ...chargeViewOf(charge).actions.map((action) => ofCharge[action] as ActionView),
    ...refunds.flatMap((refund) =>
      refundViewOf(refund).actions.map((action) => post(`${ROOT}/refunds/${refund.id}`, action)),
    ),
    ...discrepancies.flatMap((discrepancy) =>
      discrepancy.state === 'Open'
        ? discrepancyViewOf(discrepancy).actions.map((act) => post(`${ROOT}/discrepancies/${discrepancy.id}`, act))
        : [],
    ),
    ...lineStops.flatMap((stop) =>
      lineStopViewOf(stop).actions.map((action) => post(`${ROOT}/line-stops/${stop.id}`, action)),
    ),
    ...(job === null ? [] : jobActionsOf(job, { inDoubt, isRebilled }).map((action) => post(linkOf(job), action))),
  ];
}
