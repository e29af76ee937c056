import { wonInWords } from '../../kernel/won';
import { DomainError } from '../../kernel/errors';
import type { FoundTransaction, ToldAnswer } from '../../transaction-lookup';
import { isPaidAsAsked, type AskedPayment } from './discrepancy-suggestion';
import { namedTransactionOf, saysDeclined, type ResultLineWords } from './result-line-words';

/** What T store said of a transaction last; that it would not say is no word. */
export interface GatewayWord {
  answer: ToldAnswer;
  found: FoundTransaction | null;
}

/** Another order whose line names a transaction, and what that order asked. */
export interface Claim {
  orderNo: string;
  asked: AskedPayment;
}

/** All that is known of a charge whose answer is in doubt. */
export interface ChargeEvidence {
  asked: AskedPayment;
  /** What its result lines say, all of them; none where it is missing. */
  lines: readonly ResultLineWords[];
  /** What T store said lately, by transaction. */
  words: ReadonlyMap<string, GatewayWord>;
  /** Other orders whose lines name them, by transaction. */
  claims: ReadonlyMap<string, readonly Claim[]>;
}

/** Orders that a payment may as well be of: their lines name it, and they asked for the same. */
export function rivalsOf(found: FoundTransaction, claims: readonly Claim[] = []): string[] {
  return claims.filter(({ asked }) => isPaidAsAsked(found, asked)).map(({ orderNo }) => orderNo);
}

/**
 * What speaks against settling a charge as paid. Nobody settles by a payment that T store was not seen to have.
 *
 * @returns reasons for which a second person must agree; none: the evidence supports it
 * @throws {DomainError} `lookup-required` while T store has said nothing of the transaction lately; `evidence-contradicts`
 *   when it has no such payment, or another one
 */
export function againstPaid(transactionId: string, { asked, lines, words, claims }: ChargeEvidence): string[] {
  const word = words.get(transactionId);
  if (word === undefined) throw lookUpFirst(transactionId);
  if (word.found === null) {
    throw contradicts(transactionId, `T store has no payment ${transactionId}`);
  }
  if (!isPaidAsAsked(word.found, asked)) {
    const { amount, status } = word.found;
    throw contradicts(
      transactionId,
      `T store has ${transactionId} with ${wonInWords(amount)} and status ${status}, not as asked`,
    );
  }
  const named = lines.map(namedTransactionOf).filter((one) => one !== null);
  const rivals = rivalsOf(word.found, claims.get(transactionId));
  return [
    ...(lines.some(saysDeclined) ? ['its line says declined'] : []),
    ...(named.length > 0 && !named.includes(transactionId) ? [`its line names another transaction, ${named[0]}`] : []),
    // T store's answer names no order, so an id that somebody typed may be anybody's payment of the same price.
    ...(named.length === 0 && word.found.billingTokenHash === undefined
      ? [`no line of it names ${transactionId}, and T store does not say whose payment that is`]
      : []),
    ...(rivals.length > 0
      ? [`${transactionId} may as well be the payment of ${rivals.join(', ')}: T store does not say whose it is`]
      : []),
  ];
}

/**
 * What speaks against settling a charge as declined, after which it might be charged again. Every transaction that its
 * lines name must be one that T store does not have.
 *
 * @returns reasons for which a second person must agree; none: the evidence supports it
 * @throws {DomainError} `lookup-required`, `evidence-contradicts` as {@link againstPaid}
 */
export function againstDeclined({ asked, lines, words }: ChargeEvidence): string[] {
  const named = lines.map(namedTransactionOf).filter((one) => one !== null);
  for (const transactionId of named) {
    const word = words.get(transactionId);
    if (word === undefined) throw lookUpFirst(transactionId);
    if (word.found === null || word.found.isRefunded === true) continue;
    throw contradicts(transactionId, `T store has payment ${transactionId} with ${wonInWords(word.found.amount)}`);
  }
  const paid = [...words].find(([, { found }]) => found !== null && isPaidAsAsked(found, asked));
  return [
    ...named.map(
      (transactionId) => `its line names transaction ${transactionId}, ${inWords(words.get(transactionId))}`,
    ),
    ...doubtsOf(lines),
    ...(paid !== undefined ? [`T store has payment ${paid[0]}, just as it was asked`] : []),
  ];
}

/**
 * What speaks against closing a discrepancy, which leaves its charge neither paid nor declined. Every transaction that its
 * lines name must have been asked for; that T store has a payment rules nothing out here, but a second person must know.
 *
 * @param unreadable what speaks of a payment in a line that can't be read
 * @returns reasons for which a second person must agree; none: money moved nowhere
 * @throws {DomainError} `lookup-required` as {@link againstPaid}
 */
export function againstClosing(
  { lines, words }: Omit<ChargeEvidence, 'asked'>,
  isOfCharge: boolean,
  unreadable: readonly string[] = [],
): string[] {
  const unasked = lines.map(namedTransactionOf).find((named) => named !== null && !words.has(named));
  if (unasked != null) throw lookUpFirst(unasked);
  const taken = [...words].flatMap(([transactionId, { found }]) =>
    found === null || found.isRefunded === true
      ? []
      : [`T store has payment ${transactionId} with ${wonInWords(found.amount)}`],
  );
  const said = unreadable.length > 0 ? [`its line can't be read, and says ${unreadable.join(', ')}`] : [];
  return isOfCharge ? [...taken, ...said, ...doubtsOf(lines)] : [...taken, ...said];
}

function inWords(word: GatewayWord | undefined): string {
  return word?.found == null ? 'which T store answers it does not have' : 'which T store says was given back';
}

/** Why nobody can be sure that a charge took no money. */
function doubtsOf(lines: readonly ResultLineWords[]): string[] {
  if (lines.length === 0) return ['no line says what became of it'];
  return lines.some((line) => !saysDeclined(line)) ? ['its line does not plainly say declined'] : [];
}

/** How long what T store said counts as evidence: a working day, so that a second person need not ask anew. */
export const EVIDENCE_HOURS = 24;

function lookUpFirst(transactionId: string): DomainError {
  const message = `T store has said nothing of ${transactionId} in the last ${EVIDENCE_HOURS} hours; look it up first. A lookup it refuses proves nothing`;
  return new DomainError('lookup-required', message, { transactionId });
}

function contradicts(transactionId: string, what: string): DomainError {
  return new DomainError('evidence-contradicts', `${what}; nothing was changed`, { transactionId });
}
