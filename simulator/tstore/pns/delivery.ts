import { RESULT_CODE_SUCCESS } from '../../../src/gateways/tstore/wire';
import { post, type PostSettings } from '../../shared/http/post';

/** Enough of an answer to see what it was. */
const ANSWER_KEPT_CHARS = 500;

export interface DeliveryAnswer {
  status: number | null;
  resultCode: string | null;
  answer: string;
  failure: string | null;
}

/**
 * One message to the merchant. Delivered means: HTTP 200 with `resultCode` `0000`, read in time
 * (docs/protocol/tstore.md, section 6).
 */
export async function deliver(
  url: string,
  contentType: string,
  body: string,
  settings: PostSettings,
): Promise<DeliveryAnswer> {
  const headers: Record<string, string> = contentType === '' ? {} : { 'Content-Type': contentType };
  const answer = await post(url, headers, body, settings);
  return 'failure' in answer
    ? { status: null, resultCode: null, answer: '', failure: answer.failure }
    : judge(answer.status, answer.text);
}

function judge(status: number, text: string): DeliveryAnswer {
  const resultCode = resultCodeOf(text);
  const isGood = status === 200 && resultCode === RESULT_CODE_SUCCESS;
  return {
    status,
    resultCode,
    answer: text.slice(0, ANSWER_KEPT_CHARS),
    failure: isGood ? null : `answered ${status} with resultCode ${resultCode ?? 'unreadable'}`,
  };
}

function resultCodeOf(text: string): string | null {
  try {
    const answer: unknown = JSON.parse(text);
    const code = typeof answer === 'object' && answer !== null && 'resultCode' in answer ? answer.resultCode : null;
    return typeof code === 'string' ? code : null;
  } catch {
    return null;
  }
}
