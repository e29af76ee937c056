export { TstoreModule } from './tstore.module';
export { TstoreClient } from './api/tstore.client';
export type {
  GatewayAnswer,
  GatewayRefusal,
  GatewaySuccess,
  GatewayUnknown,
  UnknownReason,
} from './api/gateway-answer';
export { GUESSED_LIFETIME_SECONDS, type IssuedToken } from './api/access-token';
export { submissionHeaders, type Submission, type SubmissionReceipt } from './api/submission';
export type { ResultDownload } from './api/result-download';
export type { GatewayTransaction, PaymentPart } from './api/transaction';
export type { RefundOrder, RefundReceipt } from './api/refund';
export type { ReceivedNotification, VerificationReceipt } from './api/verification';
export {
  RequestFileWriter,
  UNWRITABLE_TEXT_PATTERN,
  formatRequestLine,
  isWritableText,
  type RequestFileSummary,
} from './request-file/request-file';
export { RequestFileReader, type RequestFileVerdict } from './request-file/request-file-reader';
export {
  BILLING_TOKEN_LENGTHS,
  MAX_ORDER_NO_LENGTH,
  MAX_PRODUCT_ID_LENGTH,
  MAX_PRODUCT_NAME_LENGTH,
  REQUEST_FILE_HEADER,
} from './request-file/request-file-rules';
export type { NumberedRequestRow, RequestRow } from './request-file/request-row';
export type { ReservedOrderNos } from './request-file/request-row-reader';
export {
  MAX_RAW_BYTES,
  RESULT_COLUMN,
  ResultFileParser,
  parseResultFile,
  type ScannedResultLine,
} from './result-file/result-file-parser';
export { DECLINE_CODE_PATTERN, maxResultFileBytes } from './result-file/result-file-rules';
export { ONE_COLUMN_REASONS } from './result-file/result-line';
export type {
  MalformedReason,
  MalformedResultLine,
  ParsedResultLine,
  ResultFileHeader,
  ResultLine,
} from './result-file/result-line';
export { MAX_GATEWAY_ID_LENGTH } from './api/json-members';
export { countDataRows } from './result-file/data-row-counter';
export { readRawLines, type RawLine } from './result-file/raw-lines';
export {
  BULK_JOB_LISTENER_TYPE,
  NOTIFICATION_MEMBERS,
  NO_TRANSACTION_ID,
  RESULT_CODE_MERCHANT_ERROR,
  RESULT_CODE_SUCCESS,
  type NotificationMember,
  type SubmissionHeaders,
} from './wire';
export { OAuthToken } from './access-token/oauth-token.entity';
export { OAuthTokenModule } from './access-token/oauth-token.module';
export { TstoreCheck, TSTORE_CHECK_OUTCOMES, type TstoreVerdict } from './access-token/tstore-check';
export { OAuthTokenStore, type AccessToken } from './access-token/oauth-token.store';
