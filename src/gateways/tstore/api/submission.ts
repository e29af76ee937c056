import type { Readable } from 'node:stream';
import { countOf, idOf, type JsonMembers, showing, type Show } from '../../reading';
import { PRIORITY_INSTANT, RESULT_CODE_SUCCESS, VER_BULK_PAY, type SubmissionHeaders } from '../wire';

/** One request file on its way to the gateway. */
export interface Submission {
  headers: SubmissionHeaders;
  /** The request file's bytes; destroyed by the call, whatever the outcome. */
  content: Readable;
  /** Its length, which says how long the whole submission may take; without it there is no limit. */
  byteCount?: number;
  signal?: AbortSignal;
}

/** The gateway has taken the request file. */
export interface SubmissionReceipt {
  resultCode: string;
  resultMessage: string;
  gatewayJobId: string;
  /** Jobs before ours in the gateway's queue; `null` where it did not say. */
  waitingJobs: number | null;
}

/** Nothing that ends a header or needs an encoding. */
const HEADER_TEXT = /^[\x21-\x7e]*$/;

/**
 * The five header values of a submission, checked before anything is sent or recorded.
 *
 * @param notificationUrl where the completion is to be notified; empty for nowhere
 * @param lineCount data rows of the request file, which the gateway must find equal
 * @throws {RangeError} naming the value that can't be sent, never showing it
 */
export function submissionHeaders(bid: string, notificationUrl: string, lineCount: number): SubmissionHeaders {
  if (!Number.isSafeInteger(lineCount) || lineCount < 1) throw new RangeError('a submission needs at least one row');
  const headers = {
    verBulkPay: VER_BULK_PAY,
    bid,
    notiUrl: notificationUrl,
    cntTotalTrans: String(lineCount),
    priority: PRIORITY_INSTANT,
  };
  requireHeaderTexts(headers);
  return headers;
}

/** @throws {RangeError} naming the header that holds more than printable ASCII, never showing it */
export function requireHeaderTexts(headers: SubmissionHeaders): void {
  for (const [name, value] of Object.entries<string>({ ...headers })) {
    if (!HEADER_TEXT.test(value)) throw new RangeError(`the header ${name} holds characters that can't be sent`);
  }
}

export function readReceipt(members: JsonMembers, show: Show = showing()): SubmissionReceipt | undefined {
  const gatewayJobId = idOf(members.jobId);
  if (members.resultCode !== RESULT_CODE_SUCCESS || gatewayJobId === undefined) return undefined;
  return {
    resultCode: RESULT_CODE_SUCCESS,
    resultMessage: show(members.resultMsg),
    gatewayJobId,
    waitingJobs: countOf(members.waitingJobs) ?? null,
  };
}
