import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { APPROVAL_FIRST_STATES, APPROVAL_TRANSITIONS } from '../../src/approval/approval.state';
import { BILLING_RUN_FIRST_STATES, BILLING_RUN_TRANSITIONS } from '../../src/billing-run/billing-run.state';
import {
  DISCREPANCY_FIRST_STATES,
  DISCREPANCY_TRANSITIONS,
} from '../../src/bulk-payment/discrepancy/discrepancy.state';
import { JOB_FIRST_STATES, JOB_TRANSITIONS } from '../../src/bulk-payment/job/bulk-payment-job.state';
import { CHARGE_FIRST_STATES, CHARGE_TRANSITIONS } from '../../src/charge/charge.state';
import { NOTIFICATION_FIRST_STATES, NOTIFICATION_TRANSITIONS } from '../../src/inbox/notification.state';
import { DIRECT_PAYMENT_FIRST_STATES, DIRECT_PAYMENT_TRANSITIONS } from '../../src/direct-payment/direct-payment.state';
import { ORDER_FIRST_STATES, ORDER_TRANSITIONS } from '../../src/order/order.state';
import { statesOf, type TransitionTable } from '../../src/kernel/transitions';
import { LINE_STOP_FIRST_STATES, LINE_STOP_TRANSITIONS } from '../../src/line-stop/line-stop.state';
import { OUTSIDE_REFUND_FIRST_STATES, OUTSIDE_REFUND_TRANSITIONS } from '../../src/refund/outside/outside-refund.state';
import {
  METHOD_REGISTRATION_FIRST_STATES,
  METHOD_REGISTRATION_TRANSITIONS,
} from '../../src/payment-method/method-registration.state';
import { PAYMENT_METHOD_FIRST_STATES, PAYMENT_METHOD_TRANSITIONS } from '../../src/payment-method/payment-method.state';
import { REFUND_FIRST_STATES, REFUND_TRANSITIONS } from '../../src/refund/refund.state';
import { SUBSCRIPTION_FIRST_STATES, SUBSCRIPTION_TRANSITIONS } from '../../src/subscription/subscription.state';
import { DIFFERENCE_FIRST_STATES, DIFFERENCE_TRANSITIONS } from '../../src/tie-out/tie-out-difference.state';
import { TIE_OUT_FIRST_STATES, TIE_OUT_TRANSITIONS } from '../../src/tie-out/tie-out.state';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

type AnyTable = TransitionTable<string, string>;

const MACHINES: { name: string; table: AnyTable; first: readonly string[]; check: string | undefined }[] = [
  { name: 'bulk-payment-job', table: JOB_TRANSITIONS, first: JOB_FIRST_STATES, check: 'bulk_payment_job_state_known' },
  {
    name: 'notification',
    table: NOTIFICATION_TRANSITIONS,
    first: NOTIFICATION_FIRST_STATES,
    check: 'notification_state_known',
  },
  { name: 'charge', table: CHARGE_TRANSITIONS, first: CHARGE_FIRST_STATES, check: undefined },
  { name: 'refund', table: REFUND_TRANSITIONS, first: REFUND_FIRST_STATES, check: 'refund_state_known' },
  {
    name: 'outside-refund',
    table: OUTSIDE_REFUND_TRANSITIONS,
    first: OUTSIDE_REFUND_FIRST_STATES,
    check: 'outside_refund_state_known',
  },
  {
    name: 'discrepancy',
    table: DISCREPANCY_TRANSITIONS,
    first: DISCREPANCY_FIRST_STATES,
    check: 'discrepancy_state_known',
  },
  { name: 'line-stop', table: LINE_STOP_TRANSITIONS, first: LINE_STOP_FIRST_STATES, check: 'line_stop_state_known' },
  {
    name: 'billing-run',
    table: BILLING_RUN_TRANSITIONS,
    first: BILLING_RUN_FIRST_STATES,
    check: 'billing_run_state_known',
  },
  { name: 'approval', table: APPROVAL_TRANSITIONS, first: APPROVAL_FIRST_STATES, check: 'approval_state_known' },
  {
    name: 'payment-method',
    table: PAYMENT_METHOD_TRANSITIONS,
    first: PAYMENT_METHOD_FIRST_STATES,
    check: 'payment_method_state_known',
  },
  {
    name: 'subscription',
    table: SUBSCRIPTION_TRANSITIONS,
    first: SUBSCRIPTION_FIRST_STATES,
    check: 'subscription_state_known',
  },
  {
    name: 'direct-payment',
    table: DIRECT_PAYMENT_TRANSITIONS,
    first: DIRECT_PAYMENT_FIRST_STATES,
    check: 'direct_payment_state_known',
  },
  {
    name: 'payment-method-registration',
    table: METHOD_REGISTRATION_TRANSITIONS,
    first: METHOD_REGISTRATION_FIRST_STATES,
    check: 'method_registration_state_known',
  },
  { name: 'tie-out', table: TIE_OUT_TRANSITIONS, first: TIE_OUT_FIRST_STATES, check: 'tie_out_state_known' },
  {
    name: 'tie-out-difference',
    table: DIFFERENCE_TRANSITIONS,
    first: DIFFERENCE_FIRST_STATES,
    check: 'tie_out_difference_state_known',
  },
  { name: 'order', table: ORDER_TRANSITIONS, first: ORDER_FIRST_STATES, check: 'customer_order_state_known' },
];

const ROOT = join(__dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/state-machines.md'), 'utf8');

/** Those whose state is a column: of the table that its CHECK is named after. */
const STORED = MACHINES.flatMap(({ table: transitions, first, check }) =>
  check === undefined ? [] : { table: check.replace(/_state_known$/, ''), transitions, first },
);

/** The table that keeps the history of another, where one does. */
const HISTORY = /^(\w+)_history$/;

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

/** What a line of the drawing shows, of those that are written so. */
function drawn(name: string, line: RegExp): string[] {
  const drawing = sectionOf(name).split('```')[1] ?? '';
  return [...drawing.matchAll(line)].map((match) => match[1] as string);
}

const drawnArrows = (name: string): string[] => drawn(name, /^ *(\w+ --> \w+: [\w-]+)$/gm);
const drawnBirths = (name: string): string[] => drawn(name, /^ *\[\*\] --> (\w+)$/gm);

/** What an entry of a history may tell of: that one begins, a move, or a note where it is. */
function entriesOf(table: AnyTable, first: readonly string[]): string[] {
  return [...first, ...statesOf(table).map((state) => `${state}>${state}`), ...pairsOf(table)];
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

  it.each(MACHINES)('$name is drawn as it is coded', ({ name, table, first }) => {
    expect(drawnArrows(name).sort()).toEqual(arrowsOf(table).sort());
    expect(drawnBirths(name).sort()).toEqual([...first].sort());
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

  it.each(STORED)('the database lets a row of $table begin where it is coded to and nowhere else', async (stored) => {
    const { table, transitions, first } = stored;
    const definition = await triggerDefinition(table, 'birth');
    await client.query('CREATE TEMPORARY TABLE life (state text)');
    await client.query(definition.replace(`public.${table}`, 'life'));
    const begun: string[] = [];
    const refusals: unknown[] = [];
    for (const state of statesOf(transitions)) {
      await client.query('INSERT INTO life VALUES ($1)', [state]).then(
        () => begun.push(state),
        (error: unknown) => refusals.push(error),
      );
    }
    await client.query('DROP TABLE life');
    expect(begun.sort()).toEqual([...first].sort());
    const refusal = expect.objectContaining({ code: '23514', constraint: `${table}_birth_known` });
    expect(refusals).toEqual(refusals.map(() => refusal));
  });

  it.each(['arrow', 'birth'])(
    'has a trigger that knows each %s on each table with a state, and on no other',
    async (what) => {
      const { rows } = await client.query<{ table: string }>(
        `SELECT tgrelid::regclass::text AS table FROM pg_trigger WHERE tgname LIKE '%' || $1`,
        [`\\_${what}\\_known`],
      );
      expect(rows.map(({ table }) => table).sort()).toEqual(STORED.map(({ table }) => table).sort());
    },
  );

  it('has histories that tell of what there is in each life and of nothing else', async () => {
    const { rows: histories } = await client.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.columns WHERE column_name = 'to_state' ORDER BY 1`,
    );
    expect(histories.length).toBeGreaterThan(0);
    for (const { name } of histories) {
      const life = STORED.find(({ table }) => table === HISTORY.exec(name)?.[1]);
      if (life === undefined) throw new Error(`${name} is the history of no table with a state`);
      const states = [null, ...statesOf(life.transitions), 'Bogus'];
      const told: string[] = [];
      await client.query(`CREATE TEMPORARY TABLE entry (from_state text, to_state text)`);
      await client.query(`ALTER TABLE entry ADD ${await checkOf(name)}`);
      for (const from of states) {
        for (const to of states) {
          if (to === null) continue;
          const entry = from === null ? to : `${from}>${to}`;
          await client.query('INSERT INTO entry VALUES ($1, $2)', [from, to]).then(
            () => told.push(entry),
            (error: unknown) => expect(error).toMatchObject({ code: '23514' }),
          );
        }
      }
      await client.query('DROP TABLE entry');
      expect({ name, told: told.sort() }).toEqual({ name, told: entriesOf(life.transitions, life.first).sort() });
    }
  });

  async function checkOf(history: string): Promise<string> {
    const { rows } = await client.query<{ definition: string }>(
      `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint
       WHERE conrelid = $1::regclass AND conname = $1 || '_move_known'`,
      [history],
    );
    if (rows[0] === undefined) throw new Error(`${history} has no CHECK that knows its moves`);
    return rows[0].definition;
  }

  async function triggerDefinition(table: string, what: 'arrow' | 'birth'): Promise<string> {
    const { rows } = await client.query<{ definition: string }>(
      `SELECT pg_get_triggerdef(oid) AS definition FROM pg_trigger
       WHERE tgrelid = $1::regclass AND tgname = $1 || $2 AND tgenabled = 'O'`,
      [table, `_${what}_known`],
    );
    if (rows[0] === undefined) throw new Error(`${table} has no trigger that knows each ${what}`);
    return rows[0].definition;
  }

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
