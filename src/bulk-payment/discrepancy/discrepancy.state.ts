import type { TransitionTable } from '../../kernel/transitions';

/**
 * The life of a discrepancy.
 *
 * - Open: nobody has decided; its charge, where it has one, is not settled.
 * - Accepted: its charge was settled by decision, as paid or as declined.
 * - Closed: decided that nothing follows from it, which closes its charge when it was the last one of that; or decided along
 *   with another one of the same charge.
 */
export const DISCREPANCY_TRANSITIONS = {
  Open: { accept: 'Accepted', close: 'Closed' },
  Accepted: {},
  Closed: {},
} as const satisfies TransitionTable<'Open' | 'Accepted' | 'Closed', 'accept' | 'close'>;

export type DiscrepancyState = keyof typeof DISCREPANCY_TRANSITIONS;

/** Where one begins. */
export const DISCREPANCY_FIRST_STATES = ['Open'] as const satisfies readonly DiscrepancyState[];
