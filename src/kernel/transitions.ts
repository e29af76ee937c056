/**
 * The transitions of one aggregate as data: for each state, which event leads where. What is not listed is not
 * allowed. The whole life is read off one table, drawn in `docs/state-machines.md` and compared with the database's
 * CHECK by a test.
 */
export type TransitionTable<State extends string, Event extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Event, State>>>>
>;

/** @returns the state the event leads to, or `undefined` when the event is not allowed in this state. */
export function nextState<State extends string, Event extends string>(
  table: TransitionTable<State, Event>,
  from: State,
  event: Event,
): State | undefined {
  return table[from][event];
}

/** All states of a table, in the order they are written. */
export function statesOf<State extends string, Event extends string>(table: TransitionTable<State, Event>): State[] {
  return Object.keys(table) as State[];
}
