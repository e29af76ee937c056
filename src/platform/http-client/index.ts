export { HttpClient, UnsendableHeaderError } from './http-client';
export { BodyInterruptedError } from './answer-body';
export type { Answered, HttpOutcome, HttpRequest, HttpTimeouts, Unanswered, UnansweredReason } from './http-exchange';
