import { NOTIFICATION_MEMBERS, RESULT_CODE_SUCCESS, type VerificationRequest } from '../../../src/gateways/tstore/wire';
import type { TstoreFaults } from '../faults/armed-faults';
import { delay } from '../../shared/http/delay';
import type { TstoreExchange } from '../exchange';
import type { Authorization } from '../oauth/authorization';
import { REFUSAL_CODES } from '../result-codes';
import type { Notifier } from './notifier';

export class VerifyCall {
  constructor(
    private readonly authorization: Authorization,
    private readonly faults: TstoreFaults,
    private readonly notifier: Notifier,
  ) {}

  async handle(exchange: TstoreExchange): Promise<void> {
    const client = await this.authorization.clientOf(exchange);
    if (client === null) return;
    const request = readVerification(await exchange.readText());
    const jobId = request?.jobId ?? null;
    exchange.note += ` job ${jobId} ${request?.status}`;
    const unavailable = this.faults.strikeOn(exchange, 'verify-unavailable', { jobId });
    if (unavailable) return exchange.result(unavailable.number('status'), REFUSAL_CODES.failure, 'Unavailable');
    if (this.faults.strikeOn(exchange, 'verify-cut', { jobId })) return exchange.cut();
    const refused = this.faults.strikeOn(exchange, 'verify-refused', { jobId });
    if (refused) {
      return exchange.result(refused.number('status'), refused.text('resultCode'), refused.text('resultMsg'));
    }
    const isOurs = request !== null && this.notifier.verify(request, client);
    const slow = this.faults.strikeOn(exchange, 'verify-slow', { jobId });
    if (slow) await delay(slow.number('delayMs'));
    await this.faults.strikeOn(exchange, 'verify-held', { jobId })?.disarmed;
    if (this.faults.strikeOn(exchange, 'verify-answer-lost', { jobId })) return exchange.cut();
    if (request === null) return exchange.result(200, REFUSAL_CODES.unreadable, 'The body is not a verification');
    if (!isOurs) return exchange.result(200, REFUSAL_CODES.notOurMessage, 'No such message was sent');
    exchange.result(200, RESULT_CODE_SUCCESS, 'SUCCESS');
  }
}

/** All strings, null where the notification lacked a member; null for anything else. */
function readVerification(body: string | null): VerificationRequest | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body ?? '');
  } catch {
    return null;
  }
  if (typeof parsed !== 'object' || parsed === null) return null;
  const given = parsed as Record<string, unknown>;
  const read: Record<string, string | null> = {};
  for (const member of [...NOTIFICATION_MEMBERS, 'listenerType']) {
    const value = given[member] ?? null;
    if (value !== null && typeof value !== 'string') return null;
    read[member] = value;
  }
  return read.listenerType === null ? null : (read as VerificationRequest);
}
