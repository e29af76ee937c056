import type { CredentialSet } from '../gateway-account';
import { DomainError } from '../kernel/errors';
import type { GatewayAnswer } from './gateway';

type CredentialSets = readonly [CredentialSet, ...CredentialSet[]];

/**
 * The secrets to send something with that is not to be done twice: the newest, or those that it was sent with before. What a gateway
 * remembers by an idempotency key is bound to them, so the same call with others would be another call.
 *
 * @param sentBy the set it was sent with before
 * @throws {DomainError} `gateway-account-unusable` when that set is no longer good
 */
export function setToSendWith(account: string, sets: CredentialSets, sentBy: string | undefined): CredentialSet {
  const set = sentBy === undefined ? sets[0] : sets.find(({ key }) => key === sentBy);
  if (set !== undefined) return set;
  const message = `The keys of ${account} that this was sent with are no longer there, and with others it would be another call`;
  throw new DomainError('gateway-account-unusable', message);
}

/** Asks what does no harm twice: with the newest secrets, and while older ones are good and the newest are refused, with those. */
export async function askWithEach<T>(
  [newest, ...older]: CredentialSets,
  ask: (set: CredentialSet) => Promise<GatewayAnswer<T>>,
): Promise<GatewayAnswer<T>> {
  let answer = await ask(newest);
  for (const set of older) {
    if (answer.kind !== 'refused' || !answer.unauthorized) break;
    answer = await ask(set);
  }
  return answer;
}
