/**
 * The transitions of one aggregate as data: for each state, which event leads where. What is not listed is not
 * allowed: not by the guarded move (`src/platform/work`), and not by the database. The whole life is read off one table
 * and drawn in `docs/state-machines.md`; a test holds the drawing, the database's CHECK and its trigger to it.
 */
export type TransitionTable<State extends string = string, Event extends string = string> = Readonly<
  Record<State, Readonly<Partial<Record<Event, State>>>>
>;

/** The states of a table. */
export type StateOf<Table extends TransitionTable> = keyof Table & string;

/** The events of a table, in whatever state: one that it doesn't have does not compile. */
export type EventOf<Table extends TransitionTable> = { [State in keyof Table]: keyof Table[State] }[keyof Table] &
  string;

/** @returns the state the event leads to, or `undefined` when the event is not allowed in this state. */
export function nextState<Table extends TransitionTable>(
  table: Table,
  from: StateOf<Table>,
  event: EventOf<Table>,
): StateOf<Table> | undefined {
  return table[from]?.[event];
}

/**
 * What an event does wherever it is allowed, for a statement that moves many rows at once: the states it leaves, and the
 * one it leads to.
 */
export function arrowOf<Table extends TransitionTable>(
  table: Table,
  event: EventOf<Table>,
): { from: StateOf<Table>[]; to: StateOf<Table> } {
  const from = statesOf(table).filter((state) => nextState(table, state, event) !== undefined);
  const [to, ...others] = new Set(from.map((state) => nextState(table, state, event)));
  if (to === undefined || others.length > 0) throw new RangeError(`${event} leads to more than one state, or to none`);
  return { from, to };
}

/** All states of a table, in the order they are written. */
export function statesOf<Table extends TransitionTable>(table: Table): StateOf<Table>[] {
  return Object.keys(table);
}
