import { won } from '../kernel/won';
import { CHARGE_TRANSITIONS, type ChargeState } from './charge.state';
import { GROUNDS, VERDICTS, verdictOf, type VerdictFacts } from './verdict';

/** Sent on its way, and nothing else is known; of 10,000 won. */
function facts(state: ChargeState, refunded = 0, known: Partial<VerdictFacts> = {}): VerdictFacts {
  return {
    charge: { state, amount: won(10_000), refundedAmount: won(refunded) },
    wasNotTaken: false,
    isInDoubt: false,
    isContradicted: false,
    isPaidAfterAll: false,
    isByPeople: false,
    isPlainlyDeclined: false,
    isDiscrepant: false,
    answer: 'none',
    ...known,
  };
}

const everything = { wasNotTaken: true, isInDoubt: true, isContradicted: true, isDiscrepant: true } as const;

const CASES: [string, VerdictFacts, string, string, number][] = [
  ['planned, and not sent', facts('Pending'), 'not-charged', 'not-sent', 0],
  ['taken out before it was sent', facts('Withdrawn'), 'not-charged', 'withdrawn', 0],
  ['paid', facts('Paid'), 'charged', 'paid', 10_000],
  ['declined', facts('Declined'), 'not-charged', 'declined', 0],
  ['declined, and seen to be paid', facts('Declined', 0, { isPaidAfterAll: true }), 'not-known', 'contradicted', 0],
  ['declined by people alone', facts('Declined', 0, { isByPeople: true }), 'not-known', 'declined-by-people', 0],
  [
    'declined by people, as the gateway answered',
    facts('Declined', 0, { isByPeople: true, isPlainlyDeclined: true }),
    'not-charged',
    'declined-by-people',
    0,
  ],
  [
    'declined by people as the gateway answered, and seen to be paid',
    facts('Declined', 0, { isByPeople: true, isPlainlyDeclined: true, isPaidAfterAll: true }),
    'not-known',
    'contradicted',
    0,
  ],
  ['closed, and seen to be paid', facts('Closed', 0, { isPaidAfterAll: true }), 'not-known', 'contradicted', 0],
  ['ended by people as neither', facts('Closed'), 'not-known', 'closed', 0],
  ['paid, its first refund on the way', facts('Refunding'), 'charged', 'refunding', 10_000],
  ['paid, a further refund on the way', facts('Refunding', 4_000), 'partly-refunded', 'refunding', 6_000],
  ['partly given back', facts('PartiallyRefunded', 4_000), 'partly-refunded', 'refunded', 6_000],
  ['all given back', facts('Refunded', 10_000), 'refunded', 'refunded', 0],
  ['sent, no answer', facts('Submitted'), 'not-known', 'unanswered', 0],
  ['sent, the answer announced', facts('Submitted', 0, { answer: 'announced' }), 'not-known', 'answer-announced', 0],
  ['sent, the answer refused', facts('Submitted', 0, { answer: 'refused' }), 'not-known', 'answer-refused', 0],
  ['sent, the answer here', facts('Submitted', 0, { answer: 'here' }), 'not-known', 'answer-unsettled', 0],
  ['sent, the gateway took nothing', facts('Submitted', 0, { wasNotTaken: true }), 'not-charged', 'not-taken', 0],
  ['sent, perhaps not arrived', facts('Submitted', 0, { isInDoubt: true }), 'not-known', 'in-doubt', 0],
  [
    'answered otherwise than asked',
    facts('Submitted', 0, { isDiscrepant: true, answer: 'here' }),
    'not-known',
    'discrepant',
    0,
  ],
  [
    'taken for not accepted, and the gateway says it is done',
    facts('Submitted', 0, { wasNotTaken: true, isContradicted: true }),
    'not-known',
    'contradicted',
    0,
  ],
];

describe('the verdict on a charge', () => {
  it.each(CASES)('%s', (_, known, verdict, ground, amountCharged) => {
    expect(verdictOf(known)).toEqual({ verdict, ground, amountCharged });
  });

  it('has a case here for every state, every verdict and every ground', () => {
    const states = new Set(CASES.map(([, { charge }]) => charge.state));
    expect([...states].sort()).toEqual(Object.keys(CHARGE_TRANSITIONS).sort());
    expect(new Set(CASES.map(([, , verdict]) => verdict))).toEqual(new Set(VERDICTS));
    expect(new Set(CASES.map(([, , , ground]) => ground))).toEqual(new Set(GROUNDS));
  });

  it('says not charged of what was sent only when the gateway took none of it, and nothing contradicts that', () => {
    const flags = Object.keys(everything) as (keyof typeof everything)[];
    for (let bits = 0; bits < 1 << flags.length; bits++) {
      const known: Partial<VerdictFacts> = Object.fromEntries(
        flags.map((flag, index) => [flag, (bits & (1 << index)) !== 0]),
      );
      const { verdict } = verdictOf(facts('Submitted', 0, known));
      expect(verdict).toBe(known.wasNotTaken && !known.isContradicted ? 'not-charged' : 'not-known');
    }
  });

  it('takes no word of people’s for a fact: what they declined is not charged only where the gateway said so', () => {
    for (const isPlainlyDeclined of [false, true]) {
      for (const isPaidAfterAll of [false, true]) {
        const { verdict } = verdictOf(facts('Declined', 0, { isByPeople: true, isPlainlyDeclined, isPaidAfterAll }));
        expect(verdict).toBe(isPlainlyDeclined && !isPaidAfterAll ? 'not-charged' : 'not-known');
      }
    }
  });

  it.each(['Paid', 'Declined', 'Closed', 'PartiallyRefunded', 'Refunded'] as const)(
    'what is settled as %s stands, whatever is said of its job',
    (state) => {
      expect(verdictOf(facts(state, 0, everything))).toEqual(verdictOf(facts(state)));
    },
  );
});
