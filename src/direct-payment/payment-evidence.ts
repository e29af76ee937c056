import { DomainError } from '../kernel/errors';
import { wonInWords } from '../kernel/won';
import { tells } from '../transaction-lookup';
import type { DirectPaymentLook, SeenPayment } from './direct-payment-look.entity';
import type { DirectPayment } from './direct-payment.entity';
import { contradictionOf, isTaken } from './payment-receipt';

/** What somebody says became of a payment. */
export interface SaidOutcome {
  outcome: 'paid' | 'not-paid';
  /** The gateway's id of the payment, which one that is paid has. */
  transactionId?: string | undefined;
}

/**
 * Holds a word against what the gateway said last of this very order. Who was not answered knows nothing, and nobody gives away goods
 * or takes money a second time on that.
 *
 * @returns what it said, in words
 * @throws {DomainError} `lookup-required` where it did not tell; `evidence-contradicts` where it has it otherwise
 */
export function supporting(
  payment: DirectPayment,
  { outcome, transactionId }: SaidOutcome,
  look: DirectPaymentLook | undefined,
): string {
  const { id: directPaymentId, orderNo } = payment;
  if (look === undefined || !tells(look.answer)) {
    const why = look === undefined ? 'was not asked' : `did not tell (${look.message})`;
    const message = `The gateway ${why} whether it has a payment of order ${orderNo}: nothing is decided on that. Look again first`;
    throw new DomainError('lookup-required', message, { directPaymentId });
  }
  const { found } = look;
  const seen = found === null ? `${look.message}` : inWords(found);
  const contradict = (why: string): never => {
    throw new DomainError('evidence-contradicts', `${why}; nothing was changed`, { directPaymentId });
  };
  if (outcome === 'not-paid') {
    if (found === null || !isTaken(found) || found.standing === 'refunded') return seen;
    const how = 'Have the gateway give it back first, or say that it is paid';
    return contradict(`The gateway has a payment of order ${orderNo}: ${seen}. ${how}`);
  }
  if (found === null) return contradict(`The gateway has no payment of order ${orderNo}: ${seen}`);
  const otherwise = contradictionOf(payment, found);
  if (otherwise !== undefined) return contradict(`Of order ${orderNo} ${otherwise}`);
  if (found.transactionId === transactionId) return seen;
  return contradict(
    `The gateway has order ${orderNo} paid by transaction ${found.transactionId}, and not ${transactionId}`,
  );
}

function inWords({ resultCode, amount, transactionId }: SeenPayment): string {
  return `${resultCode}, ${wonInWords(amount)}, transaction ${transactionId}`;
}
