import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { APPROVAL_TRANSITIONS } from '../../src/approval';
import { DISCREPANCY_TRANSITIONS, JOB_TRANSITIONS } from '../../src/bulk-payment';
import { CHARGE_TRANSITIONS } from '../../src/charge';
import { OUTSIDE_REFUND_TRANSITIONS, REFUND_TRANSITIONS } from '../../src/refund';
import { statesOf, type TransitionTable } from '../../src/kernel/transitions';
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

/** Those whose state is a column: of the table that its CHECK is named after. */
const STORED = MACHINES.flatMap(({ table: transitions, check }) =>
  check === undefined ? [] : { table: check.replace(/_state_known$/, ''), transitions },
);

/** From where to where there is a way, each once, whatever the event. */
function pairsOf(table: AnyTable): string[] {
  const pairs = statesOf(table).flatMap((from) => Object.values(table[from] ?? {}).map((to) => `${from}>${to}`));
  return [...new Set(pairs)];
}

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

  it.each(STORED)('the database knows the same arrows of $table', async ({ table, transitions }) => {
    const trigger = await triggerOf(table);
    expect(trigger.definition).toContain(`AFTER UPDATE OF state ON public.${table} FOR EACH ROW`);
    const known = trigger.arguments.toString().split('\0').slice(0, -1);
    expect(known.sort()).toEqual(pairsOf(transitions).sort());
  });

  it.each(STORED)('the database lets a row of $table take these and no others', async ({ table, transitions }) => {
    const { definition } = await triggerOf(table);
    // On a table that has nothing else to refuse with.
    await client.query('CREATE TEMPORARY TABLE life (state text)');
    await client.query(definition.replace(`public.${table}`, 'life'));
    const states = statesOf(transitions);
    const pairs = states.flatMap((from) => states.map((to) => [from, to] as const));
    const refusals: unknown[] = [];
    const taken: string[] = [];
    for (const [from, to] of pairs) {
      await client.query('TRUNCATE life');
      await client.query('INSERT INTO life VALUES ($1)', [from]);
      await client.query('UPDATE life SET state = $1', [to]).then(
        () => taken.push(`${from}>${to}`),
        (error: unknown) => refusals.push(error),
      );
    }
    await client.query('DROP TABLE life');
    // Where a row is, it may stay.
    expect(taken.sort()).toEqual([...states.map((state) => `${state}>${state}`), ...pairsOf(transitions)].sort());
    const refusal = expect.objectContaining({ code: '23514', constraint: `${table}_arrow_known` });
    expect(refusals).toEqual(refusals.map(() => refusal));
  });

  it('has such a trigger on each table with a state, and on no other', async () => {
    const { rows } = await client.query<{ table: string }>(
      String.raw`SELECT tgrelid::regclass::text AS table FROM pg_trigger WHERE tgname LIKE '%\_arrow\_known'`,
    );
    expect(rows.map(({ table }) => table).sort()).toEqual(STORED.map(({ table }) => table).sort());
  });

  async function triggerOf(table: string): Promise<{ definition: string; arguments: Buffer }> {
    const { rows } = await client.query<{ definition: string; arguments: Buffer }>(
      `SELECT pg_get_triggerdef(oid) AS definition, tgargs AS arguments FROM pg_trigger
       WHERE tgrelid = $1::regclass AND tgname = $1 || '_arrow_known' AND tgenabled = 'O'`,
      [table],
    );
    if (rows[0] === undefined) throw new Error(`${table} has no trigger that knows its arrows`);
    return rows[0];
  }
});
