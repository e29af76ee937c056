import { Injectable } from '@nestjs/common';
import type { GatewayName } from '../gateways';
import { DomainError } from '../kernel/errors';
import { startOfSeoulDay, type SeoulDate } from '../kernel/seoul-calendar';
import { Clock } from '../platform/clock';
import { Database, type SqlSession } from '../platform/database';
import { begin, claim, move, note, writeHeld, type Aggregate, type Changes } from '../platform/work';
import { ANY_ONLY_OURS_SQL, COMPARE_SQL, HASHED } from './findings.sql';
import { dayBeside } from './seoul-days';
import { TieOut, TieOutHistory } from './tie-out.entity';
import { TIE_OUT_FIRST_STATES, TIE_OUT_TRANSITIONS, type TieOutEvent, type TieOutState } from './tie-out.state';

const TIE_OUT: Aggregate<TieOut, typeof TIE_OUT_TRANSITIONS> = {
  name: 'tie-out',
  rows: TieOut,
  history: TieOutHistory,
  subject: 'tieOutId',
  transitions: TIE_OUT_TRANSITIONS,
  firstStates: TIE_OUT_FIRST_STATES,
};

/** A tie-out as it was when claimed, and the lease that guards what is written of it. */
export interface TieOutClaim {
  readonly tieOut: TieOut;
  readonly leaseId: string;
}

export interface TieOutFilter {
  gatewayAccount?: string | undefined;
  day?: SeoulDate | undefined;
  state?: TieOutState | undefined;
}

const RELEASED = { leaseId: null, leaseUntil: null } as const;
const AT_ITS_BEGINNING = {
  cursor: null,
  pageCount: 0,
  finishedAt: null,
  attempts: 0,
  nextAttemptAt: null,
  lastError: null,
};

@Injectable()
export class TieOutRepository {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @throws {DomainError} `tie-out-not-found` */
  async get(id: string): Promise<TieOut> {
    const found = await this.database.manager.findOneBy(TieOut, { id });
    if (found !== null) return found;
    throw new DomainError('tie-out-not-found', `There is no tie-out ${id}`);
  }

  history(tieOutId: string): Promise<TieOutHistory[]> {
    return this.database.manager.find(TieOutHistory, { where: { tieOutId }, order: { id: 'ASC' } });
  }

  /** Newest first, before an id. */
  list(filter: TieOutFilter, { beforeId, limit }: { beforeId: string | undefined; limit: number }): Promise<TieOut[]> {
    const query = this.database.manager.createQueryBuilder(TieOut, 'one').orderBy('one.id', 'DESC');
    for (const [name, value] of Object.entries<string | undefined>({ ...filter })) {
      if (value !== undefined) query.andWhere(`one.${name} = :${name}`, { [name]: value });
    }
    if (beforeId !== undefined) query.andWhere('one.id < :beforeId', { beforeId });
    return query.limit(limit).getMany();
  }

  /** The latest day that any account of these was tied out for. */
  async latestDay(): Promise<SeoulDate | undefined> {
    const [row] = await this.database.rows<{ day: SeoulDate | null }>(
      `SELECT max(day)::text AS day FROM tie_out WHERE requested_by = $1`,
      [BY_CALENDAR],
    );
    return row?.day ?? undefined;
  }

  /**
   * Begins a day, or begins it anew where it was done. One that is under way goes on.
   *
   * @param options.anew one that is under way begins anew, too: whoever is at it finds that it is not theirs any more
   * @returns its id
   */
  async open(
    session: SqlSession,
    { gateway, gatewayAccount, day }: { gateway: GatewayName; gatewayAccount: string; day: SeoulDate },
    actor: string,
    { anew = false }: { anew?: boolean } = {},
  ): Promise<string> {
    await session.execute(`SELECT pg_advisory_xact_lock(hashtextextended('tie-out ' || $1 || ' ' || $2, 0))`, [
      gatewayAccount,
      day,
    ]);
    const at = this.clock.now();
    const found = await session.manager.findOneBy(TieOut, { gatewayAccount, day });
    const fields = { fromDay: day, toDay: day, requestedBy: actor, requestedAt: at };
    if (found === null) {
      const place = { gateway, gatewayAccount, day };
      return begin(session, TIE_OUT, 'Listing', { ...place, ...fields }, { cause: 'open', actor, at });
    }
    if (found.state !== 'Done' && !anew) return found.id;
    const changes = { ...AT_ITS_BEGINNING, ...RELEASED, fromDay: day, toDay: day };
    const why = { cause: 'repeat', actor, at };
    if (found.state === 'Listing') await note(session, TIE_OUT, found, why, { changes });
    else await move(session, TIE_OUT, found, 'repeat', why, { changes });
    return found.id;
  }

  /** Claims the oldest that is due, of these accounts. */
  async claim(leaseSeconds: number, accounts: readonly string[]): Promise<TieOutClaim | undefined> {
    const claimed = await claim(this.database, TieOut, {
      where: `finished_at IS NULL AND (next_attempt_at IS NULL OR next_attempt_at <= $1) AND gateway_account = ANY ($2)`,
      parameters: [accounts],
      orderBy: 'attempts, id',
      now: this.clock.now(),
      leaseSeconds,
    });
    return claimed && { tieOut: claimed.row, leaseId: claimed.leaseId };
  }

  /** Notes progress and gives the claim back. @throws {DomainError} `lease-lost` */
  async goOn(session: SqlSession, { tieOut, leaseId }: TieOutClaim, changes: Changes<TieOut>): Promise<void> {
    const held = { id: tieOut.id, leaseId, state: tieOut.state };
    await writeHeld(session, TIE_OUT, held, {
      ...RELEASED,
      attempts: 0,
      nextAttemptAt: null,
      lastError: null,
      ...changes,
    });
  }

  /** @throws {DomainError} `lease-lost` */
  async postpone({ tieOut, leaseId }: TieOutClaim, at: Date, lastError: string): Promise<void> {
    const changes = { ...RELEASED, attempts: tieOut.attempts + 1, nextAttemptAt: at, lastError };
    await writeHeld(this.database, TIE_OUT, { id: tieOut.id, leaseId }, changes);
  }

  /** Moves it along, and gives the claim back. @throws {DomainError} `lease-lost`, `state-conflict` */
  async move(
    session: SqlSession,
    { tieOut, leaseId }: TieOutClaim,
    event: TieOutEvent,
    changes: Changes<TieOut> = {},
  ): Promise<void> {
    const why = { cause: event, actor: BY_CALENDAR, at: this.clock.now() };
    const released = { ...RELEASED, attempts: 0, nextAttemptAt: null, lastError: null, ...changes };
    await move(session, TIE_OUT, tieOut, event, why, { changes: released, guard: { leaseId } });
  }

  /** Whether something of the day is ours alone as far as was listed. */
  async isAnyOnlyOurs(session: SqlSession, tieOut: TieOut): Promise<boolean> {
    return (await session.rows(ANY_ONLY_OURS_SQL, placeOf(tieOut))).length > 0;
  }

  /** Brings the day's differences to what is found now. @returns how many are open that were not, and how many are gone */
  async compare(session: SqlSession, tieOut: TieOut): Promise<{ opened: number; cleared: number }> {
    const parameters = [...placeOf(tieOut), this.clock.now(), BY_CALENDAR];
    await session.execute(HASHED);
    const [counts] = await session.rows<{ opened: number; cleared: number }>(COMPARE_SQL, parameters);
    return counts ?? { opened: 0, cleared: 0 };
  }
}

/** Whoever does it by itself. */
export const BY_CALENDAR = 'billing-scheduler';

function placeOf({ gatewayAccount, gateway, day }: TieOut): unknown[] {
  return [gatewayAccount, gateway, day, startOfSeoulDay(day), startOfSeoulDay(dayBeside(day, 1))];
}
