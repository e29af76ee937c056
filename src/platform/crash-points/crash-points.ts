/**
 * Every place of the pipeline where a process may die with something half done: between any two commits or calls to the
 * gateway there is at least one. In the order a job passes them, and after it those that watch and those that give money
 * back; the part before the dot is the step, or what several steps share.
 */
export const CRASH_POINTS = [
  'upload.before-commit',
  'upload.committed',
  'plan-billing-run.before-commit',
  'plan-billing-run.committed',
  'write-request-file.claimed',
  'write-request-file.file-stored',
  'write-request-file.recorded',
  'submit.claimed',
  'token.lease-committed',
  'token.answered',
  'token.stored',
  'token.failure-stored',
  'token.invalidated',
  'submit.token-ready',
  'submit.intent-committed',
  'submit.answered',
  'submit.recorded',
  'notification.arrived',
  'notification.stored',
  'verify-notification.claimed',
  'verify-notification.completion-noted',
  'verify-notification.answered',
  'verify-notification.before-commit',
  'verify-notification.recorded',
  'verify-notification.postponed',
  'verify-notification.set-aside',
  'download-result.claimed',
  'download-result.answered',
  'download-result.file-stored',
  'download-result.recorded',
  'load-result.claimed',
  'load-result.before-commit',
  'load-result.recorded',
  'reconcile.claimed',
  'reconcile.before-commit',
  'reconcile.recorded',
  'settle.claimed',
  'settle.batch-before-commit',
  'settle.batch-committed',
  'settle.close-before-commit',
  'settle.recorded',
  'stage-failure.before-commit',
  'stage-failure.recorded',
  'watch-doubt.told',
  'watch-doubt.recorded',
  'check-line.settlements-before-commit',
  'check-line.settlements-checked',
  'check-line.numbers-before-commit',
  'check-line.numbers-checked',
  'check-line.told',
  'check-line.recorded',
  'send-refund.turn-taken',
  'send-refund.claimed',
  'lookup.turn-taken',
  'lookup.answered',
  'lookup.kept',
  'send-refund.token-ready',
  'send-refund.intent-committed',
  'resolve-refund.unanswered-claimed',
  'resolve-refund.doubted',
  'send-refund.answered',
  'refund.before-commit',
  'send-refund.recorded',
  'send-refund.postponed',
  'resolve-refund.claimed',
  'resolve-refund.recorded',
  'resolve-refund.postponed',
  'expire-approval.before-commit',
  'expire-approval.recorded',
] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number];

/** Told of each arrival; the arrival goes on when its promise resolves, and never if that never does. */
export type CrashPointObserver = (point: CrashPoint) => Promise<void> | undefined;

let observer: CrashPointObserver | undefined;

/** Marks a place. Nothing happens there unless a test observes: no setting can make it. */
export function crashPoint(point: CrashPoint): Promise<void> | undefined {
  return observer?.(point);
}

/** For tests only, which are the only ones to import it: one observer a process. */
export function observeCrashPoints(watch: CrashPointObserver | undefined): void {
  observer = watch;
}
