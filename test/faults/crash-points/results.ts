import type { Visits } from './visits';
import { hearOfOddEvent, upload } from './works/jobs';

/** From the word that T store is done to the last settlement. */
export const RESULTS: Visits = {
  'notification.arrived': { work: upload },
  'notification.stored': { work: upload },
  'verify-notification.claimed': { work: upload },
  'verify-notification.completion-noted': { work: upload },
  'verify-notification.answered': { work: upload },
  'verify-notification.before-commit': { work: upload },
  'verify-notification.recorded': { work: upload },
  'verify-notification.postponed': { work: upload, faults: [{ kind: 'verify-unavailable' }] },
  'verify-notification.set-aside': { work: hearOfOddEvent },
  'download-result.claimed': { work: upload },
  'download-result.answered': { work: upload },
  'download-result.file-stored': { work: upload },
  'download-result.recorded': { work: upload },
  'load-result.claimed': { work: upload },
  'load-result.before-commit': { work: upload },
  'load-result.recorded': { work: upload },
  'reconcile.claimed': { work: upload },
  'reconcile.before-commit': { work: upload },
  'reconcile.recorded': { work: upload },
  'settle.claimed': { work: upload },
  'settle.batch-before-commit': { work: upload },
  'settle.batch-committed': { work: upload },
  'settle.close-before-commit': { work: upload },
  'settle.recorded': { work: upload },
  'stage-failure.before-commit': { work: upload, faults: [{ kind: 'result-failing' }] },
  'stage-failure.recorded': { work: upload, faults: [{ kind: 'result-lines-missing' }] },
};
