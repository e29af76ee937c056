import { won, ZERO_WON, type Won } from '../kernel/won';
import type { ChargeRecord } from './charge-record.repository';
import type { ChargeState } from './charge.state';

/**
 * Whether the customer was charged.
 *
 * - charged, partly-refunded, refunded: the gateway took the money, and so much of it was given back.
 * - not-charged: the gateway declined it, or it was never sent.
 * - not-known: the gateway’s answer is not here, or contradicts what was asked; the ground says what it waits for, or that
 *   people have closed it.
 */
export const VERDICTS = ['charged', 'partly-refunded', 'refunded', 'not-charged', 'not-known'] as const;
export type Verdict = (typeof VERDICTS)[number];

/**
 * How we know.
 *
 * - paid, refunded, refunding: settled as paid; and given back, or about to be.
 * - declined: settled as declined, by the gateway's answer. declined-by-people: by people, whose word is no fact.
 * - closed: ended by people as neither.
 * - not-sent: nothing of it has left. withdrawn: and nothing will, because it was not wanted any more. not-taken: what carried it ended, and the gateway took none of it.
 * - contradicted: the gateway says what can’t be true beside our record. in-doubt: nobody knows whether it arrived.
 * - discrepant: it is answered, not as it was asked.
 * - unanswered, answer-announced, answer-refused, answer-unsettled: how far the answer is on its way to the settlement.
 */
export const GROUNDS = [
  'paid',
  'refunded',
  'refunding',
  'declined',
  'declined-by-people',
  'closed',
  'not-sent',
  'withdrawn',
  'not-taken',
  'contradicted',
  'in-doubt',
  'discrepant',
  'unanswered',
  'answer-announced',
  'answer-refused',
  'answer-unsettled',
] as const;
export type Ground = (typeof GROUNDS)[number];

/** How far the gateway’s answer has come: none, announced by it, here and refused as unreadable, here. */
export type AnswerProgress = 'none' | 'announced' | 'refused' | 'here';

/** What tells whether a charge was paid: the charge itself, and what the rooms above know of its way, as plain facts. */
export interface VerdictFacts {
  charge: Pick<ChargeRecord, 'state' | 'amount' | 'refundedAmount'>;
  /** What carried it ended, and the gateway took none of it. */
  wasNotTaken: boolean;
  /** It was sent, and nobody knows whether it arrived. */
  isInDoubt: boolean;
  /** The gateway says of it what can’t be true beside our record, and nobody has resolved it. */
  isContradicted: boolean;
  /** It ended unpaid, and the gateway was seen to have its payment. */
  isPaidAfterAll: boolean;
  /** People ended it, and not the gateway's answer. */
  isByPeople: boolean;
  /** What the gateway itself answered says plainly that it was declined, and names no payment. */
  isPlainlyDeclined: boolean;
  /** Its answer is not as it was asked, and nobody has decided on it. */
  isDiscrepant: boolean;
  answer: AnswerProgress;
}

export interface ChargeVerdict {
  verdict: Verdict;
  ground: Ground;
  /** What the customer is out of pocket, by our record. */
  amountCharged: Won;
}

/** Was this customer charged, and how do we know? */
export function verdictOf(facts: VerdictFacts): ChargeVerdict {
  const { charge } = facts;
  const [verdict, ground] = BY_STATE[charge.state](facts);
  const isPaid = verdict !== 'not-charged' && verdict !== 'not-known';
  return { verdict, ground, amountCharged: isPaid ? won(charge.amount - charge.refundedAmount) : ZERO_WON };
}

type Answer = readonly [Verdict, Ground];

const BY_STATE: Readonly<Record<ChargeState, (facts: VerdictFacts) => Answer>> = {
  Pending: () => ['not-charged', 'not-sent'],
  Withdrawn: () => ['not-charged', 'withdrawn'],
  Submitted: ofSubmitted,
  Paid: () => ['charged', 'paid'],
  Declined: ofDeclined,
  Closed: (facts) => ['not-known', facts.isPaidAfterAll ? 'contradicted' : 'closed'],
  Refunding: ({ charge }) => [charge.refundedAmount > 0 ? 'partly-refunded' : 'charged', 'refunding'],
  PartiallyRefunded: () => ['partly-refunded', 'refunded'],
  Refunded: () => ['refunded', 'refunded'],
};

const BY_ANSWER: Readonly<Record<AnswerProgress, Ground>> = {
  none: 'unanswered',
  announced: 'answer-announced',
  refused: 'answer-refused',
  here: 'answer-unsettled',
};

/** That people say so is no proof: only what the gateway said is. */
function ofDeclined(facts: VerdictFacts): Answer {
  if (facts.isPaidAfterAll) return ['not-known', 'contradicted'];
  if (!facts.isByPeople) return ['not-charged', 'declined'];
  return [facts.isPlainlyDeclined ? 'not-charged' : 'not-known', 'declined-by-people'];
}

/** Sent, and not settled. A contradiction goes first: it may be about the very end that says that nothing was taken. */
function ofSubmitted(facts: VerdictFacts): Answer {
  if (facts.isContradicted) return ['not-known', 'contradicted'];
  if (facts.wasNotTaken) return ['not-charged', 'not-taken'];
  if (facts.isInDoubt) return ['not-known', 'in-doubt'];
  if (facts.isDiscrepant) return ['not-known', 'discrepant'];
  return ['not-known', BY_ANSWER[facts.answer]];
}
