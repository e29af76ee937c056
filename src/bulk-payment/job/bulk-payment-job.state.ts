import type { TransitionTable } from '../../kernel/transitions';

/**
 * The life of a bulk payment job.
 *
 * - Created: its charges are stored; its request file is being or has been written; nothing is sent. The submit step
 *   moves it on, or an operator cancels it.
 * - Processing: sending began, which is recorded before the first byte leaves. Without a `gatewayJobId` it is in doubt
 *   and never sent again by itself. A completion notification moves it on. Back to Created only when it is certain that
 *   the gateway has not taken it (docs/decisions/0004).
 * - Completed: a notification says the gateway is done, and nobody has confirmed that yet. Verification moves it on, or
 *   back when PNS disowns the message.
 * - VerifiedCompleted: PNS confirmed it. Fetching and settling the result are recorded beside the state.
 * - Failed: canceled, refused by the gateway, or closed by an operator while in doubt. The last two may come back, when it
 *   turns out that the gateway has the job after all (docs/decisions/0007).
 */
export const JOB_TRANSITIONS = {
  Created: { submit: 'Processing', cancel: 'Failed' },
  Processing: { complete: 'Completed', refuse: 'Failed', close: 'Failed', withdraw: 'Created' },
  Completed: { verify: 'VerifiedCompleted', reject: 'Processing' },
  VerifiedCompleted: {},
  Failed: { reopen: 'Processing' },
} as const satisfies TransitionTable<JobStateName, JobEvent>;

type JobStateName = 'Created' | 'Processing' | 'Completed' | 'VerifiedCompleted' | 'Failed';
export type JobEvent =
  'submit' | 'cancel' | 'complete' | 'refuse' | 'close' | 'reopen' | 'withdraw' | 'verify' | 'reject';
export type JobState = keyof typeof JOB_TRANSITIONS;

/** Where one begins. */
export const JOB_FIRST_STATES = ['Created'] as const satisfies readonly JobState[];
