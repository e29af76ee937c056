import type { Visits } from './visits';
import { registerSid } from './works/methods';
import { tieOut } from './works/tie-outs';

/**
 * Points that others come to by Toss, on the ways that are other ones at KakaoPay: a window that was named beforehand, a SID whose answer
 * is lost with the process, and a day that is looked up payment by payment.
 */
export const KAKAOPAY: Visits = {
  'register-method.before-commit': { work: registerSid },
  'register-method.committed': { work: registerSid },
  'issue-method.claimed': { work: registerSid },
  'issue-method.intent-committed': { work: registerSid },
  'issue-method.answered': { work: registerSid },
  'issue-method.before-commit': { work: registerSid },
  'issue-method.recorded': { work: registerSid },
  'tie-out.page-answered': { work: (world, name) => tieOut(world, name, 'kakaopay') },
  'tie-out.before-commit': { work: (world, name) => tieOut(world, name, 'kakaopay') },
};
