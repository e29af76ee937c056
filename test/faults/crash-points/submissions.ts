import type { FaultOrder } from '../../../simulator/tstore/faults/armed-faults';
import type { Visits } from './visits';
import { enableAnew } from './works/accounts';
import { plan, upload, uploadInDoubt } from './works/jobs';

/** The submission goes out with a good token, and the question to PNS finds it revoked. */
const TOKEN_REVOKED: FaultOrder = { kind: 'token-revoked', skip: 1 };

/** From what is asked for to what T store has. */
export const SUBMISSIONS: Visits = {
  'upload.before-commit': { work: upload },
  'upload.committed': { work: upload },
  'plan-billing-run.before-commit': { work: (world) => plan(world, 1) },
  'plan-billing-run.committed': { work: (world) => plan(world, 0) },
  'write-request-file.claimed': { work: upload },
  'write-request-file.file-stored': { work: upload },
  'write-request-file.recorded': { work: upload },
  'check-account.claimed': { work: enableAnew },
  'check-account.answered': { work: enableAnew },
  'check-account.recorded': { work: enableAnew },
  'submit.claimed': { work: upload },
  'token.lease-committed': { work: upload, faults: [TOKEN_REVOKED] },
  'token.answered': { work: upload, faults: [TOKEN_REVOKED] },
  'token.stored': { work: upload, faults: [TOKEN_REVOKED] },
  'token.failure-stored': { work: upload, faults: [TOKEN_REVOKED, { kind: 'token-failing' }] },
  'token.invalidated': { work: upload, faults: [TOKEN_REVOKED] },
  'submit.token-ready': { work: upload },
  'submit.intent-committed': { work: upload, leavesInDoubt: true },
  'submit.answered': { work: upload },
  'submit.recorded': { work: upload },
  'watch-doubt.told': {
    work: uploadInDoubt,
    faults: [{ kind: 'submit-failing-before' }],
    leavesInDoubt: true,
    isToldAgain: true,
  },
  'watch-doubt.recorded': { work: uploadInDoubt, faults: [{ kind: 'submit-failing-before' }], leavesInDoubt: true },
};
