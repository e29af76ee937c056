import { DomainError } from '../../kernel/errors';
import { nextState, type EventOf, type StateOf, type TransitionTable } from '../../kernel/transitions';
import type { SqlSession } from '../database';
import type { Aggregate, Cause, Changes, Living, Placed } from './aggregate';
import { changesSql } from './changes.sql';
import { Statement, definedMembers } from './statement';

/** What a write rests on beside the state, by the row's members: the lease, the version somebody has seen. */
export type Guard = Readonly<Record<string, string | undefined>>;

/** What a move writes beside the state, and what it rests on. */
export interface Move<Row extends Living> {
  readonly changes?: Changes<Row>;
  readonly guard?: Guard | undefined;
}

/** A row that somebody has, and where they know it to be if what they write rests on that. */
export interface Held<Table extends TransitionTable> {
  readonly id: string;
  readonly leaseId: string;
  readonly state?: StateOf<Table>;
}

/**
 * Stores a new row in a state in which a life begins, with the first entry of its history. @returns its id
 *
 * @throws {RangeError} when none begins so
 */
export async function begin<Row extends Living, Table extends TransitionTable>(
  session: SqlSession,
  of: Aggregate<Row, Table>,
  state: StateOf<Table>,
  fields: Changes<Row>,
  why: Cause,
): Promise<string> {
  if (!of.firstStates.includes(state)) throw new RangeError(`No ${of.name} begins as ${state}`);
  const inserted = await session.manager.insert(of.rows, { ...fields, state });
  const id = String(inserted.identifiers[0]?.id);
  if (of.history !== undefined) await session.manager.insert(of.history, { [of.subject]: id, toState: state, ...why });
  return id;
}

/**
 * Moves a row along its transition table and appends to its history, by one guarded statement in the caller's session.
 *
 * @param row where the caller knows it to be; it is moved from there or not at all
 * @throws {DomainError} `version-conflict` when it is not as in the version that guards the move; `lease-lost` when
 *   another replica has it; `state-conflict` when it is in another state, or the event is not allowed in this one
 */
export async function move<Row extends Living, Table extends TransitionTable>(
  session: SqlSession,
  of: Aggregate<Row, Table>,
  row: Placed<Table>,
  event: EventOf<Table>,
  why: Cause,
  { changes, guard }: Move<Row> = {},
): Promise<void> {
  const toState = nextState(of.transitions, row.state, event);
  if (toState === undefined) throw stateConflict(of, row.id, event, row.state);
  await write(session, of, { ...row, toState, event }, why, changes, guard);
}

/** One of several rows that are moved by one event. */
export interface Moving<Row extends Living, Table extends TransitionTable> extends Move<Row> {
  readonly row: Placed<Table>;
  readonly why: Cause;
}

/**
 * Moves several rows as {@link move} does one: a statement for all that are in the same state for the same cause and write the
 * same columns. For aggregates whose entries do not say what differs.
 *
 * @throws {DomainError} as {@link move}, for the first that is not moved; the others may be, and are not to be committed
 */
export async function moveAll<Row extends Living, Table extends TransitionTable>(
  session: SqlSession,
  of: Aggregate<Row, Table>,
  event: EventOf<Table>,
  rows: readonly Moving<Row, Table>[],
): Promise<void> {
  const alike = new Map<string, [Moving<Row, Table>, ...Moving<Row, Table>[]]>();
  const twice = rows.find(({ row }, index) => rows.findIndex((other) => other.row.id === row.id) < index);
  if (twice !== undefined) throw stateConflict(of, twice.row.id, event, twice.row.state);
  for (const one of rows) {
    const columns = [definedMembers(one.changes ?? {}), definedMembers(one.guard ?? {})];
    const key = JSON.stringify([one.row.state, one.why, columns]);
    const same = alike.get(key);
    if (same === undefined) alike.set(key, [one]);
    else same.push(one);
  }
  for (const some of alike.values()) await moveAlike(session, of, event, some);
}

async function moveAlike<Row extends Living, Table extends TransitionTable>(
  session: SqlSession,
  of: Aggregate<Row, Table>,
  event: EventOf<Table>,
  rows: readonly [Moving<Row, Table>, ...Moving<Row, Table>[]],
): Promise<void> {
  const [{ row: first, why }] = rows;
  const toState = nextState(of.transitions, first.state, event);
  if (toState === undefined) throw stateConflict(of, first.id, event, first.state);
  if (of.history === undefined || of.keepsChanges === true) throw new TypeError(`${of.name}: entries of many rows`);
  const statement = new Statement(session, of.rows);
  const each = rows.map(({ row, changes, guard }) => ({ id: row.id, changes: changes ?? {}, guard: guard ?? {} }));
  const moving = `${statement.updateOfEach(each, { state: toState })}
    AND ${statement.table}.state = ${statement.parameter(first.state)} RETURNING ${statement.table}.id`;
  const entry = { fromState: first.state, toState, ...why };
  const sql = withEntry(statement, new Statement(session, of.history), of.subject, moving, entry);
  const moved = new Set(
    (await statement.rows<Record<string, string>>(sql)).map((row) => String(Object.values(row)[0])),
  );
  const left = rows.find(({ row }) => !moved.has(row.id));
  if (left !== undefined) throw await refusalOf(session, of, { id: left.row.id, event }, left.guard ?? {});
}

/**
 * Changes a row where it is, and notes that in its history: by one statement that is guarded as a move is.
 *
 * @throws {DomainError} as {@link move}
 */
export async function note<Row extends Living, Table extends TransitionTable>(
  session: SqlSession,
  of: Aggregate<Row, Table>,
  row: Placed<Table>,
  why: Cause,
  { changes, guard }: Move<Row>,
): Promise<void> {
  await write(session, of, { ...row, toState: row.state, event: why.cause }, why, changes, guard);
}

/**
 * Writes what is no move and no history: progress, a renewed lease, a claim given back.
 *
 * @throws {DomainError} `lease-lost` when another replica has the row
 */
export async function writeHeld<Row extends Living, Table extends TransitionTable>(
  session: SqlSession,
  of: Aggregate<Row, Table>,
  held: Held<Table>,
  changes: Changes<Row>,
): Promise<void> {
  if (!(await writeIfHeld(session, of, held, changes))) throw leaseLost(of, held.id);
}

/** The same for what is of no matter to who lost the row: a claim given back. @returns whether the row was held */
export async function writeIfHeld<Row extends Living, Table extends TransitionTable>(
  session: SqlSession,
  of: Aggregate<Row, Table>,
  { id, leaseId, state }: Held<Table>,
  changes: Changes<Row>,
): Promise<boolean> {
  const statement = new Statement(session, of.rows);
  const set = statement.assignments(changes);
  const known = [`id = ${statement.parameter(id)}`, `lease_id = ${statement.parameter(leaseId)}`];
  if (state !== undefined) known.push(`state = ${statement.parameter(state)}`);
  const update = `UPDATE ${statement.table} SET ${set.join(', ')} WHERE ${known.join(' AND ')}`;
  return (await session.execute(update, statement.parameters)) === 1;
}

async function write<Row extends Living, Table extends TransitionTable>(
  session: SqlSession,
  of: Aggregate<Row, Table>,
  { id, state, toState, event }: Placed<Table> & { toState: StateOf<Table>; event: string },
  why: Cause,
  changes: Changes<Row> | undefined,
  guard: Guard = {},
): Promise<void> {
  const statement = new Statement(session, of.rows);
  const set = statement.assignments({ ...changes, state: toState });
  const known = [
    `id = ${statement.parameter(id)}`,
    `state = ${statement.parameter(state)}`,
    ...guardsOf(guard).map(([member, value]) => `${statement.column(member)}::text = ${statement.parameter(value)}`),
  ];
  const { table } = statement;
  const update = `UPDATE ${table} SET ${set.join(', ')}`;
  const moving = `${update} WHERE ${known.join(' AND ')} RETURNING id`;
  const entry = { fromState: state, toState, ...why };
  const moved = await statement.rows(
    of.history === undefined
      ? moving
      : of.keepsChanges === true
        ? withChanges(statement, new Statement(session, of.history), of.subject, update, known, entry)
        : withEntry(statement, new Statement(session, of.history), of.subject, moving, entry),
  );
  if (moved.length !== 1) throw await refusalOf(session, of, { id, event }, guard);
}

/** A statement that writes one row, and its entry in the history, which takes the row's id from it. */
function withEntry(
  statement: Statement<Living>,
  history: Statement<object>,
  subject: string,
  moving: string,
  entry: Cause & { fromState: string; toState: string },
): string {
  const { columns, values } = saidBy(statement, history, subject, entry);
  return `WITH moved AS (${moving})
    INSERT INTO ${history.table} (${columns})
    SELECT id, ${values} FROM moved
    RETURNING ${history.column(subject)}`;
}

/** The columns of an entry, the row's id first, and the SQL of all values but that. */
function saidBy(
  statement: Statement<Living>,
  history: Statement<object>,
  subject: string,
  { at, ...words }: Cause & { fromState: string; toState: string },
): { columns: string; values: string } {
  const said = Object.entries(words).filter(([, value]) => value !== undefined);
  const columns = [subject, ...said.map(([member]) => member), 'at'].map((member) => history.column(member));
  const values = said.map(([, value]) => `${statement.parameter(value)}::text`);
  return {
    columns: columns.join(', '),
    values: [...values, `${statement.parameter(at)}::timestamptz`].join(', '),
  };
}

/** The same, where the entry says what differs, and is left out where nothing does. */
function withChanges(
  statement: Statement<Living>,
  history: Statement<object>,
  subject: string,
  update: string,
  known: readonly string[],
  entry: Cause & { fromState: string; toState: string },
): string {
  const { columns, values } = saidBy(statement, history, subject, entry);
  return `WITH before AS (SELECT * FROM ${statement.table} WHERE ${known.join(' AND ')} FOR UPDATE),
    after AS (${update} FROM before WHERE ${statement.table}.id = before.id RETURNING ${statement.table}.*),
    changed AS (SELECT after.id, ${changesSql('before', 'after')} AS changes FROM before JOIN after USING (id)),
    entry AS (
      INSERT INTO ${history.table} (${columns}, changes)
      SELECT id, ${values}, nullif(changes - 'state', '{}') FROM changed WHERE changes IS NOT NULL)
    SELECT id FROM changed`;
}

/** Why nothing was written; asked for only then. Who no longer has the row is not the one to judge its state. */
async function refusalOf<Row extends Living, Table extends TransitionTable>(
  session: SqlSession,
  of: Aggregate<Row, Table>,
  { id, event }: { id: string; event: string },
  guard: Guard,
): Promise<DomainError> {
  const statement = new Statement(session, of.rows, [id]);
  const guards = guardsOf(guard).map(([member]) => `${statement.column(member)}::text AS "${member}"`);
  const [row] = await statement.rows<Record<string, string | null>>(
    `SELECT ${['state', ...guards].join(', ')} FROM ${statement.table} WHERE id = $1`,
  );
  if (guard.version !== undefined && guard.version !== row?.version) {
    return new DomainError('version-conflict', `${capitalized(of.name)} ${id} was changed since you read it`);
  }
  if (guard.leaseId !== undefined && guard.leaseId !== row?.leaseId) return leaseLost(of, id);
  return stateConflict(of, id, event, row?.state ?? 'gone');
}

function guardsOf(guard: Guard): [string, string][] {
  return Object.entries(guard).flatMap(([member, value]) => (value === undefined ? [] : [[member, value]]));
}

/** What whoever wrote without having the row any more is told. */
export function leaseLost({ name }: { name: string }, id: string): DomainError {
  return new DomainError('lease-lost', `${name} ${id} was taken over by another replica`);
}

function stateConflict(
  { name, subject }: { name: string; subject: string },
  id: string,
  event: string,
  state: string,
): DomainError {
  const message = `${capitalized(name)} ${id} is ${state} and can’t ${event}; nothing was changed`;
  return new DomainError('state-conflict', message, { [subject]: id, state });
}

function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
