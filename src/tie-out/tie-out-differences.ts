import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/errors';
import type { SeoulDate } from '../kernel/seoul-calendar';
import { Clock } from '../platform/clock';
import { Database, type SqlSession } from '../platform/database';
import { move, type Aggregate } from '../platform/work';
import { TieOutDifference, TieOutDifferenceHistory } from './tie-out-difference.entity';
import type { TieOut } from './tie-out.entity';
import { DIFFERENCE_FIRST_STATES, DIFFERENCE_TRANSITIONS } from './tie-out-difference.state';
import type { DifferenceKind, DifferenceState } from './tie-out-difference.state';

const DIFFERENCE: Aggregate<TieOutDifference, typeof DIFFERENCE_TRANSITIONS> = {
  name: 'difference',
  rows: TieOutDifference,
  history: TieOutDifferenceHistory,
  subject: 'tieOutDifferenceId',
  transitions: DIFFERENCE_TRANSITIONS,
  firstStates: DIFFERENCE_FIRST_STATES,
};

/** Of the payment of which order. */
export interface DifferenceToLookAt {
  id: string;
  movement: 'payment' | 'refund';
  orderNo: string;
}

export interface DifferenceFilter {
  state?: DifferenceState | undefined;
  kind?: DifferenceKind | undefined;
  gatewayAccount?: string | undefined;
  day?: SeoulDate | undefined;
  orderNo?: string | undefined;
}

/** What the gateway's lists have otherwise, and what persons said of it. */
@Injectable()
export class TieOutDifferences {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @throws {DomainError} `tie-out-difference-not-found` */
  async get(id: string): Promise<TieOutDifference> {
    const found = await this.database.manager.findOneBy(TieOutDifference, { id });
    if (found !== null) return found;
    throw new DomainError('tie-out-difference-not-found', `There is no difference ${id}`);
  }

  history(tieOutDifferenceId: string): Promise<TieOutDifferenceHistory[]> {
    const query = { where: { tieOutDifferenceId }, order: { id: 'ASC' } } as const;
    return this.database.manager.find(TieOutDifferenceHistory, query);
  }

  /** Newest first, before an id. */
  list(
    filter: DifferenceFilter,
    { beforeId, limit }: { beforeId: string | undefined; limit: number },
  ): Promise<TieOutDifference[]> {
    const query = this.database.manager.createQueryBuilder(TieOutDifference, 'one').orderBy('one.id', 'DESC');
    for (const [name, value] of Object.entries<string | undefined>({ ...filter })) {
      if (value !== undefined) query.andWhere(`one.${name} = :${name}`, { [name]: value });
    }
    if (beforeId !== undefined) query.andWhere('one.id < :beforeId', { beforeId });
    return query.limit(limit).getMany();
  }

  /**
   * Says what one is. It moves no money and changes no record: what is to be put right is put right where it stands, and then the
   * difference is gone by itself. One that looks otherwise later is open again.
   *
   * @throws {DomainError} `tie-out-difference-not-found`; `state-conflict` unless it is open
   */
  async explain(id: string, { actor, reason }: { actor: string; reason: string }): Promise<TieOutDifference> {
    const difference = await this.get(id);
    const at = this.clock.now();
    const changes = { decidedAt: at, decidedBy: actor, decisionReason: reason };
    await move(this.database, DIFFERENCE, difference, 'explain', { cause: 'explain', actor, reason, at }, { changes });
    return this.get(id);
  }

  /**
   * The next difference of a day that a look at its payment may deal with, and that was not looked at: only the gateway knows a refund,
   * or has a payment that ended otherwise here.
   */
  async toLookAt({ gatewayAccount, gateway, day }: TieOut): Promise<DifferenceToLookAt | undefined> {
    const [next] = await this.database.rows<DifferenceToLookAt>(
      `SELECT one.id, one.movement, charge.order_no AS "orderNo"
       FROM tie_out_difference AS one
       LEFT JOIN settlement AS paid ON one.movement = 'refund'
         AND paid.transaction_id = one.transaction_id AND paid.gateway = $2 AND paid.kind = 'paid'
       JOIN charge ON charge.gateway_account = $1
         AND (charge.id = paid.charge_id OR one.movement = 'payment' AND charge.order_no = one.order_no)
       WHERE one.gateway_account = $1 AND one.day = $3 AND one.state = 'Open' AND one.looked_up_at IS NULL
         AND (one.movement, one.kind) IN (('refund', 'only-theirs'), ('payment', 'state'))
       ORDER BY one.id LIMIT 1`,
      [gatewayAccount, gateway, day],
    );
    return next;
  }

  async lookedUp(session: SqlSession, id: string): Promise<void> {
    await session.manager.update(TieOutDifference, { id }, { lookedUpAt: this.clock.now() });
  }
}
