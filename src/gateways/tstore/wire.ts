/**
 * The T store Payment Open API as it stands on the wire: types and fixed texts, no behaviour.
 *
 * Shared by the client and the simulator, and the only thing they share, so that a mistake in the client's parsing
 * can't hide in the simulator. Spelling follows the gateway, `lastestUpdate` included.
 */

/** Success in every `resultCode`. No other code is published: anything else is shown, never branched on. */
export const RESULT_CODE_SUCCESS = '0000';

/** What the result file writes where a payment has no transaction. */
export const NO_TRANSACTION_ID = 'None';

export const TSTORE_PATHS = {
  token: '/oauth/service/accessToken',
  submit: '/v1/payment/fileJob',
  job: '/v1/payment/job',
  transaction: '/v1/payment/transaction',
  refund: '/v1/payment/refund',
  verify: '/openapi/v1/payment/notification/verify',
} as const;

/** Says that the request is a bulk payment. */
export const VER_BULK_PAY = '1';

/** The only known `priority`. */
export const PRIORITY_INSTANT = 'Instant';

/** As the official client labels the request file, though its bytes are UTF-8. The label is not to be believed. */
export const REQUEST_FILE_CONTENT_TYPE = 'text/plain; charset=ISO-8859-1';

/** Columns of the request file, in order. The ninth is `amtRms` here and `amtTms` in the result file. */
export const REQUEST_FILE_COLUMNS = [
  'mid',
  'billingToken',
  'productId',
  'nmProduct',
  'noBranchOrder',
  'amtReqPurchase',
  'amtCarrier',
  'amtCreditCard',
  'amtRms',
] as const;

/** Columns of the result file, in order; `cmId` stands where the request has `mid`. */
export const RESULT_FILE_COLUMNS = [
  'id',
  'cmId',
  'bid',
  'billingToken',
  'productId',
  'nmProduct',
  'noBranchOrder',
  'amtReqPurchase',
  'amtCarrier',
  'amtCreditCard',
  'amtTms',
  'tid',
  'cdResult',
  'msgResult',
] as const;

export interface ResultMembers {
  resultCode: string;
  resultMsg: string;
}

export interface TokenResponse {
  accessToken: string;
  /** Seconds to live in the newest evidence; epoch milliseconds or `yyyyMMddHHmmss` (Seoul) in older ones. */
  expired: string;
  tokenType: string;
  /** Separated by spaces. */
  scope: string;
}

/** Header values of a submission; everything is text on the wire. */
export interface SubmissionHeaders {
  verBulkPay: string;
  bid: string;
  notiUrl: string;
  cntTotalTrans: string;
  priority: string;
}

export interface SubmissionResponse extends ResultMembers {
  waitingJobs: number;
  /** A number is accepted too. */
  jobId: string;
}

export interface PaymentMethod {
  paymentMethod: string;
  amount: number;
}

export interface TransactionResponse extends ResultMembers {
  payer: { authKey: string };
  paymentTransactionInfo: {
    status: string;
    reason: string;
    message: string;
    lastestUpdate: string;
    tid: string;
    amount: number;
    description: string;
    goods: { appId: string; productId: string }[];
    paymentMethods: PaymentMethod[];
  };
}

export interface RefundRequest {
  payer: { authKey: string } | null;
  refundTransactionRequest: {
    refundTid: string | null;
    tid: string;
    fullRefund: boolean;
    amount: number;
    note: string | null;
    paymentMethods: PaymentMethod[] | null;
  };
  links: { name: string; url: string } | null;
}

export interface RefundResponse extends ResultMembers {
  refundTransactionResponse: {
    refundTid: string;
    tid: string;
    amount: number;
    paymentMethods: PaymentMethod[];
  };
}

/** What PNS posts to the merchant; only strings, and not every member is always there. */
export interface NotificationMessage {
  notifyVersion: string;
  event: string;
  status: string;
  jobId: string;
  updateTime: string;
}

export type NotificationMember = keyof NotificationMessage;

export const NOTIFICATION_MEMBERS = [
  'notifyVersion',
  'event',
  'status',
  'jobId',
  'updateTime',
] as const satisfies readonly NotificationMember[];

/** The `event` of a notification about a bulk job. */
export const BULK_JOB_EVENT = 'bulkJob';
/** The `status` of a notification that says that T store is done with the job. */
export const COMPLETED_STATUS = 'completed';

/** `listenerType` of the verification of a bulk job's notification. */
export const BULK_JOB_LISTENER_TYPE = 'bigcharging_notify_verification';

/** The notification's five members, `null` where it lacked one, and which listener received it. */
export type VerificationRequest = Record<NotificationMember, string | null> & { listenerType: string };
