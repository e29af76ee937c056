export type { GatewayAnswer } from '../gateway';
export { TstoreModule } from './tstore.module';
export { TstoreClient } from './api/tstore.client';
export type { IssuedToken } from './api/access-token';
export { submissionHeaders, type Submission, type SubmissionReceipt } from './api/submission';
export type { RefundOrder, RefundReceipt } from './api/refund';
export { RequestFileWriter, UNWRITABLE_TEXT_PATTERN } from './request-file/request-file';
export { RequestFileReader, type RequestFileVerdict } from './request-file/request-file-reader';
export { REQUEST_FILE_HEADER } from './request-file/request-file-rules';
export type { NumberedRequestRow, RequestRow } from './request-file/request-row';
export { RESULT_COLUMN, ResultFileParser, type ScannedResultLine } from './result-file/result-file-parser';
export { DECLINE_CODE_PATTERN, maxResultFileBytes } from './result-file/result-file-rules';
export { ONE_COLUMN_REASONS } from './result-file/result-line';
export type { MalformedReason } from './result-file/result-line';
export { cluesOf, type LineClues } from './result-file/line-clues';
export { countDataRows } from './result-file/data-row-counter';
export { readRawLines } from './result-file/raw-lines';
export {
  BULK_JOB_EVENT,
  BULK_JOB_LISTENER_TYPE,
  COMPLETED_STATUS,
  NOTIFICATION_MEMBERS,
  NO_TRANSACTION_ID,
  RESULT_CODE_SUCCESS,
  type NotificationMember,
  type SubmissionHeaders,
} from './wire';
export { OAuthToken } from './access-token/oauth-token.entity';
export { AccessTokens } from './access-token/access-tokens';
export type { AccessToken } from './access-token/oauth-token.store';
export { TstoreGateway } from './tstore.gateway';
