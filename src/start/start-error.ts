/** The service can't start, for a reason the operator can mend: the message says which, and no stack is shown. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
