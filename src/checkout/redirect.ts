import type { FastifyReply } from 'fastify';
import { DomainError } from '../kernel/errors';

/** What became of it, for the address of the shop's page. */
interface Outcome {
  state: string;
  code: string | undefined;
}

/** The shop's page is told by a word what a program would be told as an error: a customer has no use for JSON. */
export async function outcomeOf(doing: Promise<{ state: string; failureCode: string | null }>): Promise<Outcome> {
  try {
    const { state, failureCode } = await doing;
    return { state, code: failureCode ?? undefined };
  } catch (error) {
    const isTold = error instanceof DomainError && (error.kind === 'conflict' || error.code === 'invalid-request');
    if (!isTold) throw error;
    return { state: error.code, code: undefined };
  }
}

/**
 * Takes the customer back to the shop's page, with what became of it added to the address.
 *
 * @param code the gateway's word for why, which may come from an address: passed on if it looks like one
 */
export async function goTo(
  reply: FastifyReply,
  returnUrl: string,
  members: Readonly<Record<string, string>>,
  code?: string,
): Promise<void> {
  const url = new URL(returnUrl);
  for (const [name, value] of Object.entries(members)) url.searchParams.set(name, value);
  if (code !== undefined && /^-?[A-Z0-9_]{1,60}$/.test(code)) url.searchParams.set('code', code);
  await reply.redirect(url.href, 303);
}
