import { Injectable } from '@nestjs/common';
import { messageOf } from '../../kernel/errors';
import type { MessageVerdict, ReceivedMessage } from '../gateway';
import type { ReadsMessages } from '../ports';
import { AccessTokens } from './access-token/access-tokens';
import { TstoreClient } from './api/tstore.client';

/** Asks PNS, as the account whose message it would be, whether a message is its own, which also closes the message's session there. */
@Injectable()
export class PnsVerifier implements ReadsMessages {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly client: TstoreClient,
  ) {}

  async verify(account: string, message: ReceivedMessage): Promise<MessageVerdict> {
    try {
      const tokens = this.tokens.of(account);
      const answer = await tokens.withToken((token) => this.client.verify(message, token), { repeatable: true });
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
