import type { Members } from '../../shared/http/members';
import type { MessageAttempt, MessageView, OutgoingMessage } from '../../shared/webhooks/message';
import { isoText } from '../payments/times';
import type { PaymentStatus } from '../payments/payment';

/** A message of PortOne's; `event` is its type. */
export interface WebhookMessage extends OutgoingMessage {
  /** The `webhook-id`: the same on every retry. */
  readonly webhookId: string;
  readonly storeId: string | null;
  /** Signed by the secrets of money, or by those of tests. */
  readonly mode: 'LIVE' | 'TEST';
  readonly paymentId: string | null;
  readonly transactionId: string | null;
  readonly paymentStatus: PaymentStatus | null;
  readonly isForm: boolean;
  readonly triggeredAt: number;
  /** A person or a program had it sent again. */
  isManual: boolean;
}

export type WebhookView = MessageView<WebhookMessage>;

/** The first one and five repeats. */
export const MOST_EXECUTIONS = 6;

/** A message as a payment shows it. */
export function webhookBody(message: WebhookMessage): Members {
  const { webhookId, paymentStatus, url, attempts, body, isManual, triggeredAt } = message;
  const last = attempts.at(-1);
  return {
    ...(paymentStatus === null ? {} : { paymentStatus }),
    id: webhookId,
    ...(last === undefined ? {} : { status: statusOf(last) }),
    url,
    isAsync: true,
    currentExecutionCount: attempts.length,
    maxExecutionCount: MOST_EXECUTIONS,
    ...(isManual ? { trigger: 'MANUAL' } : {}),
    ...(last === undefined ? {} : { request: { body, requestedAt: isoText(last.sentAt) } }),
    ...(last?.status == null ? {} : { response: responseOf(last) }),
    triggeredAt: isoText(triggeredAt),
  };
}

function statusOf({ failure, status }: MessageAttempt): string {
  if (failure === null) return 'SUCCEEDED';
  return status === null ? 'FAILED_UNEXPECTED_ERROR' : 'FAILED_NOT_OK_RESPONSE';
}

function responseOf({ status, answer, sentAt }: MessageAttempt): Members {
  return { code: String(status), header: '', body: answer ?? '', respondedAt: isoText(sentAt) };
}
