import { randomUUID } from 'node:crypto';
import { Column } from 'typeorm';
import { secondsAfter } from '../clock';
import { nullable, type SqlSession } from '../database';
import type { Changes, Living } from './aggregate';
import { Statement } from './statement';

/** A row that can be claimed, and how often the work it waits for has failed. */
export abstract class Leased {
  /** Of whoever has it; it guards what is written meanwhile. */
  @Column(nullable('uuid', 'lease_id'))
  leaseId!: string | null;

  @Column(nullable('timestamptz', 'lease_until'))
  leaseUntil!: Date | null;

  /** Failed attempts at what is to be done with it now. */
  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  /** Before this it is not due again. */
  @Column(nullable('timestamptz', 'next_attempt_at'))
  nextAttemptAt!: Date | null;

  @Column(nullable('text', 'last_error'))
  lastError!: string | null;
}

/** A row as it is now that it is claimed, and the lease that guards what is written of it until it is given back or lost. */
export interface Claimed<Row extends Claimable> {
  readonly row: Row;
  readonly leaseId: string;
}

/** What of it a claim writes. */
type Claimable = Living & Pick<Leased, 'leaseId' | 'leaseUntil'>;

/** Which row is claimed: the first that is due and that nobody holds. */
export interface Due<Row extends Claimable> {
  /** What a row must show for the work to be due; `$1` is now, further parameters from `$2`. */
  readonly where: string;
  readonly parameters?: readonly unknown[];
  readonly orderBy: string;
  /** Named queries that the conditions use. */
  readonly with?: string;
  readonly now: Date;
  /** How long the claim stays without being renewed. */
  readonly leaseSeconds: number;
  /** What is noted with the claim. */
  readonly changes?: Changes<Row>;
}

/** That nobody holds a row at `$1`: never claimed, given back, or whoever held it is gone. */
export const UNHELD_SQL = '(lease_until IS NULL OR lease_until <= $1)';

/**
 * Claims one row by one statement: what two replicas look for at once, one gets, and the other the next (SKIP LOCKED).
 *
 * @returns the row as the claim left it, or `undefined` when none is due
 */
export async function claim<Row extends Claimable>(
  session: SqlSession,
  rows: new () => Row,
  due: Due<Row>,
): Promise<Claimed<Row> | undefined> {
  const [first] = await claimMany(session, rows, due, 1);
  return first;
}

/** Claims the first rows that are due, up to a number, as {@link claim} does one. */
export async function claimMany<Row extends Claimable>(
  session: SqlSession,
  rows: new () => Row,
  due: Due<Row>,
  most: number,
): Promise<Claimed<Row>[]> {
  const leaseId = randomUUID();
  const statement = new Statement(session, rows, [due.now, ...(due.parameters ?? [])]);
  const { table } = statement;
  const set = statement.assignments({ ...due.changes, leaseId, leaseUntil: secondsAfter(due.now, due.leaseSeconds) });
  const found = await statement.rows<Record<string, unknown>>(
    `${due.with === undefined ? '' : `WITH ${due.with}`}
     UPDATE ${table} SET ${set.join(', ')}
     WHERE id = ANY (ARRAY(
       SELECT id FROM ${table} WHERE ${due.where} AND ${UNHELD_SQL}
       ORDER BY ${due.orderBy} LIMIT ${statement.parameter(most)}
       FOR UPDATE SKIP LOCKED))
     RETURNING ${statement.returning}`,
  );
  return found.map((row) => ({ row: statement.entity(row), leaseId }));
}
