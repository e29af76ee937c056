import { Injectable } from '@nestjs/common';
import { createHash, randomBytes } from 'node:crypto';
import { HttpConfig, TstoreConfig, tstoreAccountOf } from '../../config';
import { submissionHeaders, type Submission } from '../../gateways/tstore';

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

/** Makes the header values of a submission from the settings, with a notification address of its own for each job. */
@Injectable()
export class SubmissionHeaders {
  constructor(
    private readonly tstore: TstoreConfig,
    private readonly http: HttpConfig,
  ) {}

  /** @param lineCount data rows of the request file */
  make(lineCount: number): JobHeaders {
    const { bid } = tstoreAccountOf(this.tstore);
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
