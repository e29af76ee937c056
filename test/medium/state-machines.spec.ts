import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { APPROVAL_TRANSITIONS } from '../../src/approval';
import { DISCREPANCY_TRANSITIONS, JOB_TRANSITIONS } from '../../src/bulk-payment';
import { CHARGE_TRANSITIONS } from '../../src/charge';
import { OUTSIDE_REFUND_TRANSITIONS, REFUND_TRANSITIONS } from '../../src/refund';
import { nextState, statesOf, type TransitionTable } from '../../src/kernel/transitions';
import { LINE_STOP_TRANSITIONS } from '../../src/line-stop';
import { NOTIFICATION_TRANSITIONS } from '../../src/inbox/notification.state';
import { BILLING_RUN_TRANSITIONS } from '../../src/billing-run';
import { SUBSCRIPTION_TRANSITIONS } from '../../src/subscription';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

type AnyTable = TransitionTable<string, string>;

const MACHINES: { name: string; table: AnyTable; check: string | undefined }[] = [
  { name: 'bulk-payment-job', table: JOB_TRANSITIONS, check: 'bulk_payment_job_state_known' },
  { name: 'notification', table: NOTIFICATION_TRANSITIONS, check: 'notification_state_known' },
  { name: 'charge', table: CHARGE_TRANSITIONS, check: undefined },
  { name: 'refund', table: REFUND_TRANSITIONS, check: 'refund_state_known' },
  { name: 'outside-refund', table: OUTSIDE_REFUND_TRANSITIONS, check: 'outside_refund_state_known' },
  { name: 'discrepancy', table: DISCREPANCY_TRANSITIONS, check: 'discrepancy_state_known' },
  { name: 'line-stop', table: LINE_STOP_TRANSITIONS, check: 'line_stop_state_known' },
  { name: 'billing-run', table: BILLING_RUN_TRANSITIONS, check: 'billing_run_state_known' },
  { name: 'approval', table: APPROVAL_TRANSITIONS, check: 'approval_state_known' },
  { name: 'subscription', table: SUBSCRIPTION_TRANSITIONS, check: 'subscription_state_known' },
];

const ROOT = join(__dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/state-machines.md'), 'utf8');

/** Of a machine, from its mark to the next heading. */
function sectionOf(name: string): string {
  return (page.split(`<!-- ${name} -->`)[1] ?? '').split(/^## /m, 1)[0] ?? '';
}

/** Every arrow as `From --> To: event`. */
function arrowsOf(table: AnyTable): string[] {
  return statesOf(table).flatMap((from) =>
    Object.entries(table[from] ?? {}).map(([event, to]) => `${from} --> ${to}: ${event}`),
  );
}

function drawnArrows(name: string): string[] {
  const drawing = sectionOf(name).split('```')[1] ?? '';
  return [...drawing.matchAll(/^ *(\w+ --> \w+: [\w-]+)$/gm)].map((match) => match[1] as string);
}

/** The rows of a table below its heading, as cells. */
function rowsOf(section: string): string[][] {
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

describe('state machines', () => {
  let database: TestDatabase;
  let client: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  it.each(MACHINES)('$name is drawn as it is coded', ({ name, table }) => {
    expect(drawnArrows(name).sort()).toEqual(arrowsOf(table).sort());
  });

  it.each(MACHINES)('$name has a sentence for each state, and says who moves it on', ({ name, table }) => {
    const rows = rowsOf(sectionOf(name));
    // A state may have its name in T store's language beside it.
    expect(rows.map(([state = '']) => state.split(' ')[0]).sort()).toEqual(statesOf(table).sort());
    expect(rows.flat().filter((cell) => cell === '')).toEqual([]);
  });

  it('are all on the page, each with the file it is in', () => {
    const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
    const tables = files.filter((file) => file.endsWith('.state.ts')).map((file) => `src/${file}`);
    const cited = [...page.matchAll(/^`(src\/[\w/.-]+\.state\.ts)`/gm)].map(([, file]) => file);
    expect(cited.sort()).toEqual(tables.sort());
    expect(MACHINES).toHaveLength(tables.length);
  });

  it('are all the database has', async () => {
    const { rows } = await client.query<{ conname: string }>(
      `SELECT conname FROM pg_constraint WHERE contype = 'c' AND conname LIKE '%\\_state\\_known'`,
    );
    const checks = MACHINES.flatMap(({ check }) => check ?? []);
    expect(rows.map(({ conname }) => conname).sort()).toEqual(checks.sort());
  });

  it('are not needed where a column says all, which is there', async () => {
    const rows = rowsOf(page.split('## Lives without a state column')[1] ?? '');
    const named = rows.flatMap(([, , shownBy = '']) =>
      [...shownBy.matchAll(/`(\w+\.\w+)`/g)].map(([, column]) => column),
    );
    const { rows: columns } = await client.query<{ name: string }>(
      `SELECT table_name || '.' || column_name AS name FROM information_schema.columns WHERE table_schema = 'public'`,
    );
    const known = new Set(columns.map(({ name }) => name));
    expect(named.length).toBeGreaterThanOrEqual(rows.length);
    expect(named.filter((column) => column === undefined || !known.has(column))).toEqual([]);
  });

  it.each(MACHINES.filter((machine) => machine.check !== undefined))(
    'the database knows the same states of $name',
    async ({ table, check }) => {
      const { rows } = await client.query<{ definition: string }>(
        'SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conname = $1',
        [check],
      );
      const known = [...(rows[0]?.definition ?? '').matchAll(/'(\w+)'/g)].map((match) => match[1]);
      expect(known.sort()).toEqual(statesOf(table).sort());
    },
  );

  it.each(MACHINES)('$name says yes or no to every event in every state', ({ table }) => {
    const events = new Set(statesOf(table).flatMap((state) => Object.keys(table[state] ?? {})));
    for (const state of statesOf(table)) {
      for (const event of events) {
        const to = nextState(table, state, event);
        const isArrow = arrowsOf(table).includes(`${state} --> ${to}: ${event}`);
        expect([state, event, to !== undefined]).toEqual([state, event, isArrow]);
      }
    }
  });
});
