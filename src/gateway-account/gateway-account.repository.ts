import { Injectable } from '@nestjs/common';
import { Database, type SqlSession } from '../platform/database';
import { GatewayAccount, GatewayAccountCredential, GatewayAccountHistory } from './gateway-account.entity';

export type NewGatewayAccount = Pick<
  GatewayAccount,
  | 'id'
  | 'gateway'
  | 'label'
  | 'environment'
  | 'purpose'
  | 'identifiers'
  | 'lookupsPerMinute'
  | 'refundsPerMinute'
  | 'atOnce'
>;

/** What can change of an account; what is left out stays. */
export type AccountFields = Partial<
  Omit<NewGatewayAccount, 'id' | 'gateway' | 'environment'> & Pick<GatewayAccount, 'enabled'>
>;

/** Which accounts to list: newest first, `beforePosition` exclusive. */
export interface AccountPage {
  beforePosition: string | undefined;
  limit: number;
}

interface Change {
  cause: string;
  changes: GatewayAccountHistory['changes'];
  actor: string;
  reason: string | null;
  at: Date;
}

@Injectable()
export class GatewayAccountRepository {
  constructor(private readonly database: Database) {}

  /** @returns whether the id was free */
  async create(session: SqlSession, account: NewGatewayAccount, at: Date): Promise<boolean> {
    const columns = { ...account, enabled: true, createdAt: at, updatedAt: at };
    const insert = session.manager.createQueryBuilder().insert().into(GatewayAccount).values(columns).orIgnore();
    const inserted = await insert.returning('id').execute();
    return (inserted.raw as unknown[]).length === 1;
  }

  find(id: string, session: SqlSession = this.database): Promise<GatewayAccount | null> {
    return session.manager.findOneBy(GatewayAccount, { id });
  }

  /** The row, locked until the session's transaction ends. */
  lock(session: SqlSession, id: string): Promise<GatewayAccount | null> {
    return session.manager.findOne(GatewayAccount, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  all(): Promise<GatewayAccount[]> {
    return this.database.manager.find(GatewayAccount, { order: { position: 'ASC' } });
  }

  list({ beforePosition, limit }: AccountPage): Promise<GatewayAccount[]> {
    const query = this.database.manager
      .createQueryBuilder(GatewayAccount, 'account')
      .orderBy('account.position', 'DESC');
    if (beforePosition !== undefined) query.where('account.position < :beforePosition', { beforePosition });
    return query.limit(limit).getMany();
  }

  async change(session: SqlSession, id: string, fields: AccountFields, at: Date): Promise<void> {
    await session.manager.update(GatewayAccount, { id }, { ...fields, updatedAt: at });
  }

  async note(session: SqlSession, account: string, { cause, changes, actor, reason, at }: Change): Promise<void> {
    await session.execute(
      `INSERT INTO gateway_account_history (gateway_account, cause, changes, actor, reason, at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [account, cause, changes, actor, reason, at],
    );
  }

  history(gatewayAccount: string): Promise<GatewayAccountHistory[]> {
    return this.database.manager.find(GatewayAccountHistory, { where: { gatewayAccount }, order: { id: 'ASC' } });
  }

  /** Without their secrets, by name, the newest first. */
  credentials(gatewayAccount: string): Promise<GatewayAccountCredential[]> {
    const order = { name: 'ASC', version: 'DESC' } as const;
    return this.database.manager.find(GatewayAccountCredential, { where: { gatewayAccount }, order });
  }
}
