import { ApiProperty } from '@nestjs/swagger';
import { plainlyDeclines, type BulkPaymentJob, type DiscrepancyRecord } from '../../bulk-payment';
import {
  PAYMENT_BY_DECISION,
  GROUNDS,
  VERDICTS,
  verdictOf,
  type AnswerProgress,
  type ChargeRecord,
  type Ground,
  type Verdict,
  type VerdictFacts,
  type WithdrawalReason,
} from '../../charge';
import type { DirectPayment } from '../../direct-payment';
import { GATEWAY_TITLES, type GatewayExchange } from '../../gateways';
import { claimantsInWords } from '../../refund';
import type { LineStop } from '../../line-stop';
import { wonInWords } from '../../kernel/won';
import { ChargeView, chargeViewOf } from '../charge/charges.view';
import { directPaymentViewOf } from '../direct-payment/direct-payments.view';
import { discrepancyViewOf } from '../discrepancy/discrepancies.view';
import type { ChargeFacts } from './inquiry.service';
import { wireLinkOf } from '../gateway-exchange/gateway-exchanges.view';
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
  @ApiProperty({ enum: GROUNDS, description: 'How we know, in one word' }) ground!: Ground;
  @ApiProperty({ type: 'integer', description: 'Won the customer is out of pocket, by our record' })
  amountCharged!: number;
  @ApiProperty({ description: 'The verdict in words' }) because!: string;
  @ApiProperty({ type: ChargeView }) charge!: ChargeView;
  @ApiProperty({ type: [EvidenceView], description: 'How we know, in the order it happened' })
  evidence!: EvidenceView[];
  @ApiProperty({ type: [ActionView], description: 'What may be done now' }) actions!: ActionView[];
}

const ROOT = '/admin/v1';

export function answerViewOf(facts: ChargeFacts): AnswerView {
  const { verdict, ground, amountCharged } = verdictOf(verdictFactsOf(facts));
  return {
    ...{ verdict, ground, amountCharged },
    because: told(inWords(ground, facts), facts),
    charge: chargeViewOf(facts.charge),
    evidence: evidenceOf(facts),
    actions: actionsOf(facts),
  };
}

/** A line stop may mean that the record is wrong, so it is never left unsaid. */
function told(because: string, { charge, discrepancies, claimants, lineStops }: ChargeFacts): string {
  const stops = lineStops.filter(({ violation }) => violation !== because);
  const instead = discrepancies.filter(({ settledInstead }) => settledInstead !== null);
  return [
    because,
    ...instead.map(
      ({ found, settledInstead }) => `${found?.transactionId}, which its line names, settled order ${settledInstead}`,
    ),
    ...(claimants.length > 0 && charge.state !== 'Declined' && charge.state !== 'Closed'
      ? [`${charge.transactionId} may as well be the payment of ${claimantsInWords(claimants)}`]
      : []),
    ...stops.map((stop) => `line stopped: ${stop.violation}`),
  ].join('; ');
}

/** What the rooms above the charge know of it, as it asks for it. */
function verdictFactsOf({ charge, job, isInDoubt, discrepancies, seenAfterAll, lineStops }: ChargeFacts): VerdictFacts {
  return {
    charge,
    wasNotTaken: job?.state === 'Failed',
    isInDoubt,
    isContradicted: lineStops.some(isContradiction),
    isPaidAfterAll: seenAfterAll.length > 0 || lineStops.some(isPaymentOf(charge)),
    isByPeople: isByPeople(charge),
    isPlainlyDeclined: isPlainlyDeclined(discrepancies),
    isDiscrepant: discrepancies.some(isOpen),
    answer: job === null ? 'none' : answerOf(job),
  };
}

function answerOf(job: BulkPaymentJob): AnswerProgress {
  if (job.state !== 'VerifiedCompleted') return 'none';
  if (job.resultDownloadedAt !== null) return 'here';
  return job.resultFilesRefused > 0 ? 'refused' : 'announced';
}

/** By a discrepancy, or what became of a payment in doubt. */
const isByPeople = ({ discrepancyId, resultCode }: ChargeRecord): boolean =>
  discrepancyId !== null || resultCode === PAYMENT_BY_DECISION;
/** By all its lines; one that is missing says nothing. */
const isPlainlyDeclined = (discrepancies: readonly DiscrepancyRecord[]): boolean =>
  discrepancies.length > 0 && discrepancies.every(({ found }) => plainlyDeclines(found));
const isOpen = ({ state }: DiscrepancyRecord): boolean => state === 'Open';
const isContradiction = ({ kind }: LineStop): boolean => kind === 'gateway-contradicts';
/** A stop parks the subscription, whose other charges are as they were. */
const isPaymentOf =
  ({ orderNo }: ChargeRecord) =>
  ({ kind, evidence }: LineStop): boolean =>
    kind === 'paid-after-all' && evidence.orderNo === orderNo;

/** Of what was taken out before it was sent. */
const WITHDRAWN_IN_WORDS: Readonly<Record<WithdrawalReason, string>> = {
  canceled: 'its subscription was canceled before',
  ending: 'its subscription was to be canceled at its period’s end',
  ended: 'its subscription was to end before the period began',
  paused: 'its subscription was paused before',
  'period-over': 'its period was not owed any more',
  'product-inactive': 'its product was not sold any more',
  'method-ended': 'its payment method could not be charged any more',
  'run-rejected': 'a person had rejected the billing run that planned it',
};

function inWords(ground: Ground, facts: ChargeFacts): string {
  const { charge, job, refunds, discrepancies } = facts;
  const gateway = GATEWAY_TITLES[charge.gateway];
  const paid = `${gateway} collected ${wonInWords(charge.amount)} as ${charge.transactionId}`;
  const refunded = `${wonInWords(charge.refundedAmount)} were given back`;
  const open = refunds.find((refund) => refund.endedAt === null);
  const failure = job?.lastError == null ? '' : `: ${job.lastError}`;
  const words: Record<Ground, string> = {
    paid,
    refunded: `${paid}; ${refunded}`,
    refunding: `${paid}; ${refunded}; a refund of ${wonInWords(open?.amount ?? 0)} is ${open?.state}`,
    declined: `${gateway} declined it: ${charge.resultCode} ${charge.resultMessage}`,
    'declined-by-people': declinedInWords(facts),
    closed: `closed by decision, neither as paid nor as declined: ${charge.resultMessage}`,
    'not-sent': `nothing of it was sent to ${gateway}`,
    withdrawn: `it was not sent to ${gateway}: ${charge.withdrawnBecause && WITHDRAWN_IN_WORDS[charge.withdrawnBecause]}`,
    'not-taken': `its job failed: ${job?.failureReason}`,
    contradicted: contradictionInWords(facts),
    'in-doubt': `nobody knows whether ${gateway} has ${job === null ? 'it' : 'its job'}`,
    discrepant: `${gateway}’s answer is a discrepancy: ${discrepancies.find(isOpen)?.kind}`,
    unanswered: `${gateway} has not answered yet`,
    'answer-announced': `T store is done with its job, and the result is not here yet${failure}`,
    'answer-refused': `T store answered, and its result file was refused ${job?.resultFilesRefused} time(s)${failure}`,
    'answer-unsettled': `T store’s result is here, and not settled yet${failure}`,
  };
  return words[ground];
}

/** The line stop's words, where one is open; people may have resolved it, and the gateway has the payment all the same. */
function contradictionInWords({ charge, seenAfterAll, lineStops }: ChargeFacts): string {
  const stop = lineStops.find(isPaymentOf(charge)) ?? lineStops.find(isContradiction);
  if (stop !== undefined) return stop.violation;
  const ended = charge.state === 'Closed' ? 'closed' : 'declined';
  return `order ${charge.orderNo} ended as ${ended}, and ${GATEWAY_TITLES[charge.gateway]} has its payment ${seenAfterAll[0]}`;
}

/** Whose word it is, and what the gateway itself said. */
function declinedInWords({ charge, discrepancies }: ChargeFacts): string {
  const gateway = GATEWAY_TITLES[charge.gateway];
  const decided = `people decided that it counts as declined: ${charge.resultMessage}`;
  const [line] = discrepancies.flatMap(({ found }) => found ?? []);
  const named = discrepancies.find(({ found }) => found?.transactionId != null)?.found?.transactionId;
  if (named != null) return `${decided}; ${gateway}’s line names payment ${named}`;
  if (isPlainlyDeclined(discrepancies)) return `${decided}; ${gateway}’s line says so, too: ${line?.resultCode}`;
  return `${decided}; ${gateway} itself has not said so`;
}

function evidenceOf({
  charge,
  job,
  payment,
  refunds,
  discrepancies,
  lineStops,
  lookup,
  exchanges,
}: ChargeFacts): EvidenceView[] {
  const entries: (EvidenceView | false)[] = [
    ...(job === null ? calledAlone(charge, payment) : wayThrough(job, charge)),
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
    ...exchanges.map((exchange) => ({
      what: `${exchange.operation} called`,
      at: exchange.startedAt,
      says: exchangeInWords(exchange),
      link: wireLinkOf(exchange),
    })),
    lookup !== undefined && {
      what: 'looked up',
      at: lookup.at,
      says:
        lookup.found === null
          ? `${lookup.answer}: ${lookup.message}`
          : `${GATEWAY_TITLES[charge.gateway]} has it as ${lookup.found.status}`,
      link: `${ROOT}/charges/${encodeURIComponent(charge.orderNo)}/transaction`,
    },
  ];
  const kept = entries.filter((entry) => entry !== false);
  return kept.sort((one, other) => (one.at?.getTime() ?? 0) - (other.at?.getTime() ?? 0));
}

/** How a call was answered. */
function exchangeInWords({ endedAt, httpStatus, outcome, resultCode }: GatewayExchange): string {
  if (endedAt === null) return 'no answer was recorded';
  const answered = httpStatus === null ? 'no answer' : `HTTP ${httpStatus}`;
  return `${answered}: ${outcome}${resultCode === null ? '' : ` ${resultCode}`}`;
}

/** Of a charge that is in no job: from its own call to the answer. */
function calledAlone(charge: ChargeRecord, payment: DirectPayment | undefined): (EvidenceView | false)[] {
  const { createdAt: at, gateway, orderNo } = charge;
  const title = GATEWAY_TITLES[gateway];
  const link = payment === undefined ? `${ROOT}/charges/${encodeURIComponent(orderNo)}` : paymentLinkOf(payment);
  return [
    { what: 'requested', at, says: `by itself, of ${title}`, link },
    payment?.sentAt != null && { what: 'sent', at: payment.sentAt, says: `to ${title}`, link },
    payment?.inDoubtSince != null && {
      what: 'in doubt',
      at: payment.inDoubtSince,
      says: payment.doubt ?? 'nobody knows whether it was taken',
      link,
    },
    payment?.endedAt != null && {
      what: 'answered',
      at: payment.endedAt,
      says: `${payment.state}: ${payment.resultCode ?? ''} ${payment.resultMessage ?? ''}`.trimEnd(),
      link,
    },
  ];
}

function paymentLinkOf({ id }: DirectPayment): string {
  return `${ROOT}/direct-payments/${id}`;
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
  payment,
  isInDoubt: inDoubt,
  isRebillable,
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
    ...(payment === undefined
      ? []
      : directPaymentViewOf(payment).actions.map((action) => post(paymentLinkOf(payment), action))),
    ...(job === null ? [] : jobActionsOf(job, { inDoubt, isRebillable }).map((action) => post(linkOf(job), action))),
  ];
}
