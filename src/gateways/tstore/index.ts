export { TstoreModule } from './tstore.module';
export { TstoreClient } from './tstore.client';
export type { GatewayAnswer, GatewayRefusal, GatewaySuccess, GatewayUnknown, UnknownReason } from './gateway-answer';
export { GUESSED_LIFETIME_SECONDS, type IssuedToken } from './access-token';
export { submissionHeaders, type Submission, type SubmissionReceipt } from './submission';
export type { ResultDownload } from './result-download';
export type { GatewayTransaction, PaymentPart } from './transaction';
export type { RefundOrder, RefundReceipt } from './refund';
export type { ReceivedNotification, VerificationReceipt } from './verification';
export {
  RequestFileWriter,
  UNWRITABLE_TEXT_PATTERN,
  formatRequestLine,
  isWritableText,
  type RequestFileSummary,
} from './request-file';
export { RequestFileReader, type RequestFileVerdict } from './request-file-reader';
export {
  BILLING_TOKEN_LENGTHS,
  MAX_ORDER_NO_LENGTH,
  MAX_PRODUCT_ID_LENGTH,
  MAX_PRODUCT_NAME_LENGTH,
  REQUEST_FILE_HEADER,
} from './request-file-rules';
export type { NumberedRequestRow, RequestRow } from './request-row';
export type { ReservedOrderNos } from './request-row-reader';
export {
  MAX_RAW_BYTES,
  RESULT_COLUMN,
  ResultFileParser,
  parseResultFile,
  type ScannedResultLine,
} from './result-file-parser';
export { DECLINE_CODE_PATTERN, maxResultFileBytes } from './result-file-rules';
export { ONE_COLUMN_REASONS } from './result-line';
export type {
  MalformedReason,
  MalformedResultLine,
  ParsedResultLine,
  ResultFileHeader,
  ResultLine,
} from './result-line';
export { MAX_GATEWAY_ID_LENGTH } from './json-members';
export { chunksOf } from './chunks';
export { WholeLines } from './whole-lines';
export { countDataRows } from './data-row-counter';
export { readRawLines, type RawLine } from './raw-lines';
export {
  BULK_JOB_LISTENER_TYPE,
  NOTIFICATION_MEMBERS,
  NO_TRANSACTION_ID,
  RESULT_CODE_MERCHANT_ERROR,
  RESULT_CODE_SUCCESS,
  type NotificationMember,
  type SubmissionHeaders,
} from './wire';
