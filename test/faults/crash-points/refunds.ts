import type { Visits } from './visits';
import { upload } from './works/jobs';
import { lookUp, outwaitApproval, refund, stopLine, watchPayment } from './works/refunds';

/** What follows a payment of T store: looking at it, checking it, giving it back. */
export const REFUNDS: Visits = {
  'watch-payments.claimed': { work: watchPayment },
  'watch-payments.recorded': { work: watchPayment },
  'check-line.settlements-before-commit': { work: upload },
  'check-line.settlements-checked': { work: upload },
  'check-line.numbers-before-commit': { work: upload },
  'check-line.numbers-checked': { work: upload },
  'check-line.told': { work: stopLine, isToldAgain: true },
  'check-line.recorded': { work: stopLine },
  'send-refund.turn-taken': { work: refund },
  'send-refund.claimed': { work: refund },
  'lookup.turn-taken': { work: lookUp },
  'lookup.answered': { work: refund },
  'lookup.kept': { work: refund },
  'send-refund.token-ready': { work: refund },
  // Never sent, which shows only when T store has been asked for long enough.
  'send-refund.intent-committed': {
    work: refund,
    then: [
      'resolve-refund.unanswered-claimed',
      'resolve-refund.doubted',
      'resolve-refund.claimed',
      'resolve-refund.postponed',
    ],
  },
  // Refunded, which T store's record shows.
  'send-refund.answered': { work: refund, then: ['resolve-refund.recorded'] },
  'refund.before-commit': { work: refund },
  'send-refund.recorded': { work: refund },
  'send-refund.postponed': { work: refund, faults: [{ kind: 'lookup-failing' }] },
  'expire-approval.before-commit': { work: outwaitApproval },
  'expire-approval.recorded': { work: outwaitApproval },
};
