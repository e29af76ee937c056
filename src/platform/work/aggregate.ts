import type { QueryDeepPartialEntity } from 'typeorm';
import type { StateOf, TransitionTable } from '../../kernel/transitions';

/** A row that has a life: `state` says where it is in it. */
export interface Living {
  id: string;
  state: string;
}

/** What is moved along a transition table: its rows, their histories, and the moves that there are. */
export interface Aggregate<Row extends Living, Table extends TransitionTable> {
  /** What messages call it. */
  readonly name: string;
  readonly rows: new () => Row;
  /**
   * Append-only, with `fromState`, `toState`, `cause`, `actor`, `at`, and mostly `reason`; left out where the row itself
   * keeps who decided, when and why.
   */
  readonly history?: new () => object;
  /** Its entries also say in `changes` what differs but for the state; nothing is appended where nothing at all does. */
  readonly keepsChanges?: true;
  /** What names the row in an entry of its history, and in errors. */
  readonly subject: string;
  readonly transitions: Table;
  /** Where its rows may begin; the database refuses any other (a trigger). */
  readonly firstStates: readonly StateOf<Table>[];
}

/** What is written of a row beside its state, which only a move changes: what is `undefined` stays, `null` is NULL. */
export type Changes<Row extends Living> = Undefinable<Omit<QueryDeepPartialEntity<Row>, 'state'>>;

type Undefinable<Members> = { [Member in keyof Members]?: Members[Member] | undefined };

/** Where a row is, as whoever moves it knows it. */
export interface Placed<Table extends TransitionTable> {
  readonly id: string;
  readonly state: StateOf<Table>;
}

/** Who or what moves a row, when, and why where somebody said so: its entry in the history. */
export interface Cause {
  readonly cause: string;
  readonly actor: string;
  readonly reason?: string | undefined;
  readonly at: Date;
}
