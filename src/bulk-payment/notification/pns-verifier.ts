import { Injectable } from '@nestjs/common';
import { TstoreClient, OAuthTokenStore } from '../../gateways/tstore';
import { messageOf } from '../../kernel/errors';
import type { Notification } from '../../notification';

/** What PNS says of a message: that it is its own, that it is not, or nothing one could rely on. */
export type PnsVerdict =
  | { kind: 'genuine'; resultCode: string; resultMessage: string }
  | { kind: 'foreign'; resultCode: string; resultMessage: string }
  | { kind: 'no-verdict'; reason: string };

/** Asks PNS whether a message is its own, which also closes the message's session there. */
@Injectable()
export class PnsVerifier {
  constructor(
    private readonly tokens: OAuthTokenStore,
    private readonly client: TstoreClient,
  ) {}

  async ask(notification: Notification): Promise<PnsVerdict> {
    const members = {
      notifyVersion: notification.notifyVersion,
      event: notification.event,
      status: notification.status,
      jobId: notification.gatewayJobId,
      updateTime: notification.updateTime,
    };
    try {
      const answer = await this.tokens.withToken((token) => this.client.verify(members, token), { repeatable: true });
      switch (answer.kind) {
        case 'success':
          return { kind: 'genuine', ...answer.value };
        case 'unknown':
          return { kind: 'no-verdict', reason: answer.message };
        case 'refused':
          // Only an answer with a result code is PNS speaking of the message; a bare 403 or 404 is something on the way.
          return answer.resultCode === undefined
            ? { kind: 'no-verdict', reason: `HTTP ${answer.httpStatus} without a result code` }
            : { kind: 'foreign', resultCode: answer.resultCode, resultMessage: answer.resultMessage };
      }
    } catch (error) {
      return { kind: 'no-verdict', reason: messageOf(error) };
    }
  }
}
