/** What went wrong in kind; the HTTP edge maps each kind to one status, exhaustively. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'precondition-failed'
  | 'too-large'
  | 'unsupported-content'
  | 'unprocessable'
  | 'too-many'
  | 'gateway-refused'
  | 'gateway-unknown'
  | 'unavailable'
  | 'internal';

interface ErrorDefinition {
  kind: ErrorKind;
  /** The same for every occurrence, as RFC 9457 asks of `title`. */
  title: string;
  /** Whether the same request may succeed later without being changed. */
  retryable: boolean;
}

/**
 * Every error code of the service. Codes are stable: integrators branch on them. Messages may change.
 */
export const ERROR_CODES = {
  'invalid-request': { kind: 'invalid', title: 'The request is not valid', retryable: false },
  'unsupported-content-type': {
    kind: 'unsupported-content',
    title: 'The content type is not accepted here',
    retryable: false,
  },
  'upload-too-slow': { kind: 'invalid', title: 'The upload is too slow', retryable: true },
  'payload-too-large': { kind: 'too-large', title: 'The request body is too large', retryable: false },
  'api-key-required': { kind: 'unauthenticated', title: 'A valid API key is required', retryable: false },
  'api-key-expired': { kind: 'unauthenticated', title: 'The API key has expired', retryable: false },
  'api-key-revoked': { kind: 'unauthenticated', title: 'The API key was revoked', retryable: false },
  'scope-missing': { kind: 'forbidden', title: 'The API key does not allow this', retryable: false },
  'rate-limited': { kind: 'too-many', title: 'Too many requests', retryable: true },
  'api-key-not-found': { kind: 'not-found', title: 'There is no such API key', retryable: false },
  'idempotency-key-reused': {
    kind: 'unprocessable',
    title: 'The Idempotency-Key was used for another request',
    retryable: false,
  },
  'idempotency-key-in-use': {
    kind: 'conflict',
    title: 'The first request with this Idempotency-Key is still running',
    retryable: true,
  },
  'version-conflict': {
    kind: 'precondition-failed',
    title: 'It was changed since it was read',
    retryable: false,
  },
  'route-not-found': { kind: 'not-found', title: 'There is nothing at this address', retryable: false },
  'job-not-found': { kind: 'not-found', title: 'There is no such bulk payment job', retryable: false },
  'discrepancy-not-found': { kind: 'not-found', title: 'There is no such discrepancy', retryable: false },
  'charge-not-found': { kind: 'not-found', title: 'There is no such charge', retryable: false },
  'direct-payment-not-found': { kind: 'not-found', title: 'There is no such direct payment', retryable: false },
  'exchange-not-found': { kind: 'not-found', title: 'There is no such call', retryable: false },
  'tie-out-not-found': { kind: 'not-found', title: 'There is no such tie-out', retryable: false },
  'tie-out-difference-not-found': { kind: 'not-found', title: 'There is no such difference', retryable: false },
  'order-not-found': { kind: 'not-found', title: 'There is no such order', retryable: false },
  'order-reference-used': { kind: 'conflict', title: 'The reference names another order', retryable: false },
  'order-over': { kind: 'conflict', title: 'The order can’t be paid any more', retryable: false },
  'live-status-full': { kind: 'unavailable', title: 'No more live streams are held here', retryable: true },
  'window-not-opened': { kind: 'unavailable', title: 'The gateway opened no payment window', retryable: true },
  'order-busy': { kind: 'conflict', title: 'A payment of the order is on its way', retryable: true },
  'return-mismatch': { kind: 'conflict', title: 'What came back is not what was ordered', retryable: false },
  'return-unknown': { kind: 'conflict', title: 'The gateway has no payment as what came back names', retryable: true },
  'payment-method-not-found': { kind: 'not-found', title: 'There is no such payment method', retryable: false },
  'method-registration-not-found': { kind: 'not-found', title: 'There is no such registration', retryable: false },
  'registration-over': { kind: 'conflict', title: 'Nothing can be registered there any more', retryable: false },
  'refund-not-found': { kind: 'not-found', title: 'There is no such refund', retryable: false },
  'refund-not-possible': { kind: 'conflict', title: 'There is nothing to give back', retryable: false },
  'refund-exceeds': { kind: 'conflict', title: 'The refunds would be more than the amount', retryable: false },
  'refund-reference-used': { kind: 'conflict', title: 'The reference names another refund', retryable: false },
  'refund-open': { kind: 'conflict', title: 'Another refund of the charge has not ended', retryable: true },
  'outside-refund-not-found': { kind: 'not-found', title: 'There is no such outside refund', retryable: false },
  'outside-refund-recorded': { kind: 'conflict', title: 'The outside refund is recorded already', retryable: false },
  'lookup-shows-no-refund': { kind: 'conflict', title: 'The gateway’s record shows no such refund', retryable: false },
  'second-person-required': { kind: 'conflict', title: 'Another person must approve it', retryable: false },
  'approval-not-found': { kind: 'not-found', title: 'There is no such approval', retryable: false },
  'approval-open': { kind: 'conflict', title: 'Something of it waits for a second person already', retryable: false },
  'approval-expired': { kind: 'conflict', title: 'Nobody approved it in time', retryable: false },
  'not-yours': { kind: 'conflict', title: 'Somebody else asked for it', retryable: false },
  'line-undecided': { kind: 'conflict', title: 'A line that may be its answer must be decided first', retryable: true },
  'lookup-required': { kind: 'conflict', title: 'The gateway must be asked first', retryable: true },
  'evidence-contradicts': { kind: 'conflict', title: 'What the gateway says contradicts it', retryable: false },
  'notification-not-found': { kind: 'not-found', title: 'There is no such notification', retryable: false },
  'charge-missing': { kind: 'conflict', title: 'There is no charge this could settle', retryable: false },
  'charge-settled': { kind: 'conflict', title: 'The charge is settled already', retryable: false },
  'transaction-settled': { kind: 'conflict', title: 'The transaction settled another charge', retryable: false },
  'transaction-id-missing': { kind: 'invalid', title: 'A transaction id is needed', retryable: false },
  'lookup-rate-limited': { kind: 'too-many', title: 'The gateway must not be asked more often', retryable: true },
  'not-to-deliver': { kind: 'invalid', title: 'Nothing is to be delivered there', retryable: false },
  'product-not-found': { kind: 'not-found', title: 'There is no such product', retryable: false },
  'subscription-not-found': { kind: 'not-found', title: 'There is no such subscription', retryable: false },
  'duplicate-product': { kind: 'conflict', title: 'The store product id is taken', retryable: false },
  'duplicate-subscription': {
    kind: 'conflict',
    title: 'The customer has this product already',
    retryable: false,
  },
  'charge-in-flight': {
    kind: 'conflict',
    title: 'A charge is on its way; its result decides how it goes on',
    retryable: true,
  },
  'invalid-subscription-file': {
    kind: 'invalid',
    title: 'The file of subscriptions has faulty lines',
    retryable: false,
  },
  'invalid-list-file': {
    kind: 'invalid',
    title: 'The list has faulty lines, or is none',
    retryable: false,
  },
  'list-file-not-found': { kind: 'not-found', title: 'There is no such list', retryable: false },
  'billing-run-not-found': { kind: 'not-found', title: 'There is no such billing run', retryable: false },
  'submissions-stopped': {
    kind: 'conflict',
    title: 'The kill switch is engaged; no money is moved',
    retryable: true,
  },
  'line-stop-not-found': { kind: 'not-found', title: 'There is no such line stop', retryable: false },
  'gateway-not-configured': { kind: 'conflict', title: 'The gateway is not set up here', retryable: false },
  'gateway-account-not-found': { kind: 'not-found', title: 'There is no such gateway account', retryable: false },
  'gateway-account-unusable': {
    kind: 'conflict',
    title: 'Nothing can be begun by the gateway account',
    retryable: false,
  },
  'gateway-account-of-settings': {
    kind: 'conflict',
    title: 'Settings say this of the gateway account',
    retryable: false,
  },
  'duplicate-gateway-account': { kind: 'conflict', title: 'The id is another gateway account’s', retryable: false },
  'gateway-cannot': { kind: 'conflict', title: 'The gateway has no way to do that', retryable: false },
  'line-stopped': { kind: 'conflict', title: 'A line stop parks it; resolve that first', retryable: false },
  'gateway-job-taken': { kind: 'conflict', title: 'The gateway job belongs to another job', retryable: false },
  'file-not-ready': { kind: 'not-found', title: 'The file does not exist yet', retryable: true },
  'file-not-kept': { kind: 'not-found', title: 'No file that is kept has this SHA-256', retryable: false },
  'invalid-request-file': { kind: 'invalid', title: 'The request file has faulty lines', retryable: false },
  'duplicate-request-file': {
    kind: 'conflict',
    title: 'A file with this content was uploaded before',
    retryable: false,
  },
  'duplicate-order-number': {
    kind: 'conflict',
    title: 'An order number was used before',
    retryable: false,
  },
  'state-conflict': {
    kind: 'conflict',
    title: 'The state changed meanwhile, or does not allow this',
    retryable: false,
  },
  'lease-lost': { kind: 'conflict', title: 'Another replica has taken this work over', retryable: true },
  'encryption-key-unknown': {
    kind: 'internal',
    title: 'A stored secret was encrypted under a key that is not configured',
    retryable: false,
  },
  'ciphertext-invalid': {
    kind: 'internal',
    title: 'A stored secret was altered, or its key is wrong',
    retryable: false,
  },
  'token-unavailable': {
    kind: 'unavailable',
    title: 'No access token could be obtained from the gateway',
    retryable: true,
  },
  'gateway-refused': { kind: 'gateway-refused', title: 'The gateway refused the request', retryable: false },
  'gateway-unknown': {
    kind: 'gateway-unknown',
    title: 'The gateway gave no readable answer; what it did is unknown',
    retryable: true,
  },
  'result-file-unusable': { kind: 'gateway-unknown', title: 'The result file is not usable yet', retryable: true },
  'database-not-writable': { kind: 'unavailable', title: 'The database is full or read-only', retryable: true },
  'database-too-slow': { kind: 'unavailable', title: 'The database took too long', retryable: true },
  'storage-unavailable': {
    kind: 'unavailable',
    title: 'Files can’t be stored or read: the disk is full, read-only or failing',
    retryable: true,
  },
  'database-unavailable': { kind: 'unavailable', title: 'The database can’t be reached', retryable: true },
  'transaction-conflict': { kind: 'unavailable', title: 'Another change was in the way', retryable: true },
  'internal-error': { kind: 'internal', title: 'Something failed on our side', retryable: false },
} as const satisfies Record<string, ErrorDefinition>;

export type ErrorCode = keyof typeof ERROR_CODES;
