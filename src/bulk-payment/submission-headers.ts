import { Injectable } from '@nestjs/common';
import { createHash, randomBytes } from 'node:crypto';
import { HttpConfig, TstoreConfig } from '../config';
import { PRIORITY_INSTANT, VER_BULK_PAY } from '../gateways/tstore';

/** 192 random bits: a notification address can't be guessed. */
const CALLBACK_TOKEN_BYTES = 24;
const LISTENER_PATH = '/noti_listener';

/** The header values of a submission, and what we may keep of its notification address. */
export interface JobSubmissionHeaders {
  verBulkPay: string;
  bid: string;
  notificationUrl: string;
  /** The address without what makes it secret. */
  maskedNotificationUrl: string;
  /** `null` where all jobs share one address. */
  callbackTokenHash: Buffer | null;
  priority: string;
}

/** The hash a callback token is known by; the token itself is only ever in the address we send. */
export function callbackTokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Makes the header values of a submission from the settings, with a notification address of its own for each job. */
@Injectable()
export class SubmissionHeaders {
  constructor(
    private readonly tstore: TstoreConfig,
    private readonly http: HttpConfig,
  ) {}

  make(): JobSubmissionHeaders {
    const shared = `${this.http.publicBaseUrl}${LISTENER_PATH}`;
    const fixed = { verBulkPay: VER_BULK_PAY, bid: this.tstore.bid, priority: PRIORITY_INSTANT };
    if (!this.tstore.notificationUrlPerJob) {
      return { ...fixed, notificationUrl: shared, maskedNotificationUrl: shared, callbackTokenHash: null };
    }
    const token = randomBytes(CALLBACK_TOKEN_BYTES).toString('base64url');
    return {
      ...fixed,
      notificationUrl: `${shared}/${token}`,
      maskedNotificationUrl: `${shared}/***`,
      callbackTokenHash: callbackTokenHash(token),
    };
  }
}
