import { AsyncResource } from 'node:async_hooks';
import { Client } from 'pg';
import { Column, Entity, PrimaryGeneratedColumn, VirtualColumn, type DataSource } from 'typeorm';
import type { TransitionTable } from '../../src/kernel/transitions';
import { won, type Won } from '../../src/kernel/won';
import { secondsAfter } from '../../src/platform/clock';
import { Database, nullable, openDataSource, wonColumn } from '../../src/platform/database';
import {
  HistoryEntry,
  begin,
  claim,
  claimMany,
  move,
  moveAll,
  note,
  writeHeld,
  type Aggregate,
} from '../../src/platform/work';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const TRANSITIONS = {
  Open: { start: 'Running', drop: 'Dropped' },
  Running: { finish: 'Done' },
  Done: {},
  Dropped: {},
} as const satisfies TransitionTable;

@Entity('errand')
class Errand {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column({ type: 'text' })
  state!: keyof typeof TRANSITIONS;

  @Column(wonColumn({ name: 'paid_amount' }))
  paidAmount!: Won;

  @Column(nullable('jsonb', 'notes'))
  notes!: string[] | null;

  @Column(nullable('uuid', 'lease_id'))
  leaseId!: string | null;

  @Column(nullable('timestamptz', 'lease_until'))
  leaseUntil!: Date | null;

  @VirtualColumn({ type: 'text', query: (errand) => `SELECT 'errand ' || ${errand}.id` })
  label!: string;

  @Column({ type: 'text', name: 'xmin', insert: false, update: false })
  version!: string;
}

@Entity('errand_history')
class ErrandHistory extends HistoryEntry<string> {
  @Column({ type: 'bigint', name: 'errand_id' })
  errandId!: string;
}

const ERRAND: Aggregate<Errand, typeof TRANSITIONS> = {
  name: 'errand',
  rows: Errand,
  history: ErrandHistory,
  subject: 'errandId',
  transitions: TRANSITIONS,
  firstStates: ['Open'],
};

const NOW = new Date('2026-03-01T00:00:00Z');
const WHY = { cause: 'asked for', actor: 'kim', at: NOW };
const STRANGER = '00000000-0000-4000-8000-000000000000';
const due = (leaseSeconds = 60, now = NOW) => ({ where: `state = 'Open'`, orderBy: 'id', now, leaseSeconds });

describe('claiming and moving', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let db: Database;
  let id: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query(`
      CREATE TABLE errand (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state text NOT NULL,
        paid_amount bigint NOT NULL, notes jsonb, lease_id uuid, lease_until timestamptz);
      CREATE TABLE errand_history (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        errand_id bigint NOT NULL REFERENCES errand, from_state text, to_state text NOT NULL, cause text NOT NULL,
        actor text NOT NULL, reason text, at timestamptz NOT NULL)`);
    await client.end();
    dataSource = await openDataSource({ url: database.url, poolSize: 5, entities: [Errand, ErrandHistory] });
    db = new Database(dataSource);
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  beforeEach(async () => {
    await db.execute('TRUNCATE errand, errand_history RESTART IDENTITY');
    id = await begin(db, ERRAND, 'Open', { paidAmount: won(900) }, WHY);
  });

  const stored = () => dataSource.manager.findOneByOrFail(Errand, { id });
  const history = () =>
    db.rows('SELECT errand_id, from_state, to_state, cause, actor, reason, at FROM errand_history ORDER BY id');

  it('begins with the first entry of the history', async () => {
    expect(await stored()).toMatchObject({ state: 'Open', paidAmount: 900, label: `errand ${id}` });
    const first = { errand_id: id, from_state: null, to_state: 'Open', cause: 'asked for', actor: 'kim', reason: null };
    expect(await history()).toEqual([{ ...first, at: NOW }]);
  });

  it('begins in no state in which no life begins', async () => {
    await expect(begin(db, ERRAND, 'Running', { paidAmount: won(900) }, WHY)).rejects.toThrow(
      'No errand begins as Running',
    );
    expect(await db.rows('SELECT FROM errand')).toHaveLength(1);
  });

  it('claims the row as the claim leaves it, as TypeORM would read it', async () => {
    const claimed = await claim(db, Errand, { ...due(), changes: { notes: ['claimed'] } });
    expect(claimed?.row).toEqual(await stored());
    expect(claimed?.row).toMatchObject({
      leaseId: claimed?.leaseId,
      leaseUntil: secondsAfter(NOW, 60),
      paidAmount: 900,
    });
    expect(claimed?.row.notes).toEqual(['claimed']);
  });

  it('gives a row to one of many, until the lease is over', async () => {
    const claims = await Promise.all([1, 2, 3, 4].map(() => claim(db, Errand, due())));
    expect(claims.filter((one) => one !== undefined)).toHaveLength(1);
    expect(await claim(db, Errand, due(60, secondsAfter(NOW, 59)))).toBeUndefined();
    expect((await claim(db, Errand, due(60, secondsAfter(NOW, 60))))?.row.id).toBe(id);
  });

  it('claims several at once, up to a number', async () => {
    for (const amount of [1, 2, 3]) await begin(db, ERRAND, 'Open', { paidAmount: won(amount) }, WHY);
    const some = await claimMany(db, Errand, due(), 3);
    expect(some.map(({ row }) => row.id).sort()).toEqual(['1', '2', '3']);
    expect((await claimMany(db, Errand, due(), 3)).map(({ row }) => row.id)).toEqual(['4']);
  });

  it('moves several, each with values of its own, or none', async () => {
    const [first, second] = [id, await begin(db, ERRAND, 'Open', { paidAmount: won(1) }, WHY)];
    const [one, other] = await claimMany(db, Errand, due(), 2);
    const leases = new Map([one, other].map((claimed) => [claimed?.row.id, claimed?.leaseId]));
    const moving = [first, second].map((of, index) => ({
      row: { id: of, state: 'Open' as const },
      why: WHY,
      changes: { paidAmount: won(10 + index), notes: index === 0 ? ['first'] : null, leaseUntil: null, leaseId: null },
      guard: { leaseId: leases.get(of) },
    }));
    const strange = { ...moving[1]!, guard: { leaseId: STRANGER } };
    const refused = db.transaction((session) => moveAll(session, ERRAND, 'start', [moving[0]!, strange]));
    await expect(refused).rejects.toMatchObject({ code: 'lease-lost' });
    await expect(moveAll(db, ERRAND, 'start', [moving[0]!, moving[0]!])).rejects.toMatchObject({
      code: 'state-conflict',
    });
    expect(await db.rows(`SELECT FROM errand WHERE state = 'Open'`)).toHaveLength(2);
    await moveAll(db, ERRAND, 'start', moving);
    expect(await db.rows('SELECT id, state, paid_amount, notes, lease_id FROM errand ORDER BY id')).toEqual([
      { id: first, state: 'Running', paid_amount: '10', notes: ['first'], lease_id: null },
      { id: second, state: 'Running', paid_amount: '11', notes: null, lease_id: null },
    ]);
    const entries = await db.rows(
      `SELECT errand_id, from_state FROM errand_history WHERE to_state = 'Running' ORDER BY 1`,
    );
    expect(entries).toEqual([
      { errand_id: first, from_state: 'Open' },
      { errand_id: second, from_state: 'Open' },
    ]);
    await expect(moveAll(db, ERRAND, 'start', moving)).rejects.toMatchObject({ code: 'lease-lost' });
  });

  it('passes by what is locked, and what is not due', async () => {
    const second = await begin(db, ERRAND, 'Open', { paidAmount: won(1) }, WHY);
    const dropped = await begin(db, ERRAND, 'Open', { paidAmount: won(1) }, WHY);
    await move(db, ERRAND, { id: dropped, state: 'Open' }, 'drop', WHY);
    // Of somebody else, who is in no transaction.
    const claimElsewhere = AsyncResource.bind(() => claim(db, Errand, due()));
    await db.transaction(async (session) => {
      await session.rows('SELECT FROM errand WHERE id = $1 FOR UPDATE', [id]);
      expect((await claimElsewhere())?.row.id).toBe(second);
      expect(await claimElsewhere()).toBeUndefined();
    });
  });

  it('moves along an arrow, writes what comes with it, and tells who, when and why', async () => {
    const changes = { paidAmount: won(1_000), notes: ['a', 'b'] };
    await move(db, ERRAND, { id, state: 'Open' }, 'start', { ...WHY, reason: 'it is time' }, { changes });
    expect(await stored()).toMatchObject({ state: 'Running', ...changes });
    const entry = { errand_id: id, from_state: 'Open', to_state: 'Running', reason: 'it is time', at: NOW };
    expect(await history()).toEqual([expect.anything(), { ...entry, cause: 'asked for', actor: 'kim' }]);
  });

  it('moves nothing along an arrow that the table does not have', async () => {
    const refused = move(db, ERRAND, { id, state: 'Open' }, 'finish', WHY);
    await expect(refused).rejects.toMatchObject({ code: 'state-conflict', details: { errandId: id, state: 'Open' } });
    // @ts-expect-error an event that no state of the table has does not compile
    await expect(move(db, ERRAND, { id, state: 'Open' }, 'explode', WHY)).rejects.toThrow();
    expect(await stored()).toMatchObject({ state: 'Open' });
    expect(await history()).toHaveLength(1);
  });

  it('lets one of two move it, and tells the other where it is', async () => {
    const moves = ['start', 'drop'] as const;
    const both = await Promise.allSettled(moves.map((event) => move(db, ERRAND, { id, state: 'Open' }, event, WHY)));
    const lost = both.find((one) => one.status === 'rejected');
    const { state } = await stored();
    expect(lost?.reason).toMatchObject({ code: 'state-conflict', details: { state } });
    expect(await history()).toHaveLength(2);
  });

  it('tells a lost lease, an old version and another state apart', async () => {
    const { version } = await stored();
    const claimed = await claim(db, Errand, due());
    const row = { id, state: 'Open' } as const;
    const attempt = (guard: Record<string, string | undefined>) => move(db, ERRAND, row, 'start', WHY, { guard });
    await expect(attempt({ leaseId: STRANGER })).rejects.toMatchObject({ code: 'lease-lost' });
    await expect(attempt({ version })).rejects.toMatchObject({ code: 'version-conflict' });
    await expect(
      writeHeld(
        db,
        ERRAND,
        { id, leaseId: STRANGER },
        {
          paidAmount: won(1),
        },
      ),
    ).rejects.toMatchObject({ code: 'lease-lost' });
    expect(await history()).toHaveLength(1);

    await attempt({ leaseId: claimed?.leaseId, version: (await stored()).version });
    await expect(attempt({ leaseId: claimed?.leaseId })).rejects.toMatchObject({ code: 'state-conflict' });
    expect(await stored()).toMatchObject({ state: 'Running', paidAmount: 900 });
  });

  it('notes a change that moves nothing, of a row that is where it was', async () => {
    await note(db, ERRAND, { id, state: 'Open' }, WHY, { changes: { notes: ['seen'] } });
    expect(await stored()).toMatchObject({ state: 'Open', notes: ['seen'] });
    expect(await history()).toMatchObject([{}, { from_state: 'Open', to_state: 'Open' }]);
    const elsewhere = note(db, ERRAND, { id, state: 'Running' }, WHY, { changes: { notes: null } });
    await expect(elsewhere).rejects.toMatchObject({ code: 'state-conflict' });
    expect(await stored()).toMatchObject({ notes: ['seen'] });
  });

  it('goes with its transaction, history and all', async () => {
    const undone = db.transaction(async (session) => {
      await move(session, ERRAND, { id, state: 'Open' }, 'drop', WHY);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await stored()).toMatchObject({ state: 'Open' });
    expect(await history()).toHaveLength(1);
  });
});
