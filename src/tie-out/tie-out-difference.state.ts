import type { TransitionTable } from '../kernel/transitions';

/**
 * One thing that the gateway's lists have otherwise than we do.
 *
 * - Open: a person looks. Explained: a person said what it is; Open again when it looks otherwise.
 * - Cleared: a later comparison found it gone.
 */
export const DIFFERENCE_TRANSITIONS = {
  Open: { explain: 'Explained', clear: 'Cleared' },
  Explained: { reopen: 'Open' },
  Cleared: { reopen: 'Open' },
} as const satisfies TransitionTable<DifferenceStateName, DifferenceEvent>;

type DifferenceStateName = 'Open' | 'Explained' | 'Cleared';
export type DifferenceEvent = 'explain' | 'clear' | 'reopen';
export type DifferenceState = keyof typeof DIFFERENCE_TRANSITIONS;

/** Where one begins. */
export const DIFFERENCE_FIRST_STATES = ['Open'] as const satisfies readonly DifferenceState[];

export const DIFFERENCE_KINDS = ['amount', 'state', 'only-ours', 'only-theirs'] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

export const DIFFERENCE_MOVEMENTS = ['payment', 'refund', 'payout'] as const;
export type DifferenceMovement = (typeof DIFFERENCE_MOVEMENTS)[number];
