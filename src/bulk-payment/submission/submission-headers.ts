import { Injectable } from '@nestjs/common';
import { createHash, randomBytes } from 'node:crypto';
import { HttpConfig, TstoreConfig } from '../../config';
import { GatewayAccounts } from '../../gateway-account';
import { submissionHeaders, type Submission } from '../../gateways/tstore';
import { DomainError } from '../../kernel/errors';
import type { BulkPaymentJob } from '../job/bulk-payment-job.entity';

/** 192 random bits: a notification address can't be guessed. */
const CALLBACK_TOKEN_BYTES = 24;
const LISTENER_PATH = '/noti_listener';

/** The header values of a submission, and what may be kept of its notification address. */
export interface JobHeaders {
  headers: Submission['headers'];
  /** The address without what makes it secret. */
  maskedNotificationUrl: string;
  /** `null` where all jobs share one address. */
  callbackTokenHash: Buffer | null;
}

/** The hash a callback token is known by; the token itself is only ever in the address we send. */
function callbackTokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Makes the header values of a submission from the job's account, with a notification address of its own for each job. */
@Injectable()
export class SubmissionHeaders {
  constructor(
    private readonly accounts: GatewayAccounts,
    private readonly tstore: TstoreConfig,
    private readonly http: HttpConfig,
  ) {}

  /** @throws {DomainError} as {@link GatewayAccounts.require} */
  async make({ gatewayAccount, lineCount }: BulkPaymentJob): Promise<JobHeaders> {
    const { bid } = (await this.accounts.require(gatewayAccount)).identifiers;
    if (bid === undefined) throw new DomainError('internal-error', `the account ${gatewayAccount} has no bid`);
    const shared = `${this.http.publicBaseUrl}${LISTENER_PATH}`;
    if (!this.tstore.notificationUrlPerJob) {
      return {
        headers: submissionHeaders(bid, shared, lineCount),
        maskedNotificationUrl: shared,
        callbackTokenHash: null,
      };
    }
    const token = randomBytes(CALLBACK_TOKEN_BYTES).toString('base64url');
    return {
      headers: submissionHeaders(bid, `${shared}/${token}`, lineCount),
      maskedNotificationUrl: `${shared}/***`,
      callbackTokenHash: callbackTokenHash(token),
    };
  }
}
