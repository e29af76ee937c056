import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { entities, namesIn, namesInSource, sqlUses, type SqlUse } from './sql-uses';

const repository = resolve(__dirname, '../..');
/** What these tests read of a rule for imports. */
interface Layering {
  forbidden: { name: string; from: { path: string }; to: { path: string } }[];
}
const imports = createRequire(__filename)('../../.dependency-cruiser.cjs') as Layering;

/** Whose the tables and views are that no entity of a room stands for. */
const OWNERS: Readonly<Record<string, string>> = {
  api_key: 'admin',
  audit_entry: 'admin',
  audit_outcome: 'admin',
  // Declared by `charge`, whose state follows from it; who sends charges says what is behind it.
  charge_sent: 'charge',
  // The same of who ordered; who takes orders says whose they are.
  charge_buyer: 'charge',
  charge_withdrawal: 'charge',
  // The same of what came by a deposit.
  charge_deposit: 'charge',
  // The same of what is sent alone.
  charge_sent_alone: 'charge',
  daily_reconciliation: 'bulk-payment',
  delivery: 'charge',
  encryption_key: 'platform',
  gateway_settlement: 'tie-out',
  gateway_transaction: 'tie-out',
  idempotency_key: 'admin',
  input_report: 'subscription',
  job_decisions: 'bulk-payment',
  job_numbers: 'bulk-payment',
  kill_switch: 'kill-switch',
  list_file_row: 'tie-out',
  kill_switch_history: 'kill-switch',
  line_check: 'bulk-payment',
  pace: 'platform',
  payment_refund_total: 'refund',
  payment_watch: 'bulk-payment',
  product_let_go: 'bulk-payment',
  refund_day: 'refund',
  // Declared by `charge`, whose states follow from it; the rows of `refund` keep it by a trigger.
  refund_total: 'charge',
  scheduler_step: 'platform',
  unbalanced_job: 'bulk-payment',
  unpaid_charge_payment: 'bulk-payment',
  upload_day: 'bulk-payment',
  write_proof: 'platform',
};

const SEALED = 'a key is missed before anything starts, so one list names all that it opens';

/** What points up or aside still, and why. It only shrinks: who mends one takes it away. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'approval/approval.repository.ts reads api_key of admin': 'who made a key decides who is another person',
  'billing-run/billing-run.repository.ts writes subscription_history of subscription':
    'a later attempt is noted in the statement that plans a million',
  'bulk-payment/job/charges-set-aside.ts writes charge of charge':
    'the charges that a file can’t carry, or shall not, are moved into another job',
  'bulk-payment/checks/payment-checks.sql.ts reads subscription of subscription':
    'customers who look alike are compared by what they paid',
  'bulk-payment/request-file/unwritable-charges.service.ts reads billing_run of billing-run':
    'it waits for who decides on the run: a lock, no data',
  'charge/charge-record.repository.ts reads subscription of subscription': 'whose a charge is',
  'charge/settlement-log.ts reads subscription of subscription': 'whose a charge is',
  'platform/crypto/encrypted-columns.ts reads billing_token of billing-token': SEALED,
  'platform/crypto/encrypted-columns.ts reads payment_method of payment-method': SEALED,
  'platform/crypto/encrypted-columns.ts reads customer_order of order': SEALED,
  'platform/crypto/encrypted-columns.ts reads method_registration of payment-method': SEALED,
  'platform/crypto/encrypted-columns.ts reads direct_payment of direct-payment': SEALED,
  'platform/crypto/encrypted-columns.ts reads deposit_account of direct-payment': SEALED,
  'platform/crypto/encrypted-columns.ts reads discrepancy of bulk-payment': SEALED,
  'platform/crypto/encrypted-columns.ts reads idempotency_key of admin': SEALED,
  'platform/crypto/encrypted-columns.ts reads gateway_account_credential of gateway-account': SEALED,
  'platform/crypto/encrypted-columns.ts reads oauth_token of gateways': SEALED,
  'platform/crypto/encrypted-columns.ts reads refund_account of refund': SEALED,
  'platform/crypto/encrypted-columns.ts reads gateway_exchange of gateways': SEALED,
  'platform/crypto/encryption-key-check.ts reads api_key of admin': SEALED,
};

const owners = new Map([...Object.entries(OWNERS), ...[...entities(`${repository}/src`)].map(ownedByFolder)]);

function ownedByFolder([table, file]: [string, string]): [string, string] {
  return [table, roomOf(file)];
}

function roomOf(file: string): string {
  return file.split('/')[0]!;
}

/** What the rules for imports say of a file of one room that knows one of another. */
function mayKnow(room: string, other: string): boolean {
  const layers = imports.forbidden.filter(({ name }) => /-looks-down$|-are-apart$/.test(name));
  const isForbidden = layers.some(
    ({ from, to }) => new RegExp(from.path).test(`src/${room}/`) && new RegExp(to.path).test(`src/${other}/`),
  );
  return room === other || !isForbidden;
}

/** The uses that break a rule, in words: `file reads table of room`. */
function offences(uses: readonly SqlUse[]): string[] {
  return uses.flatMap(({ file, how, name }) => {
    const owner = owners.get(name);
    const room = roomOf(file);
    if (owner === undefined || (how === 'writes' ? room === owner : mayKnow(room, owner))) return [];
    return [`${file} ${how} ${name} of ${owner}`];
  });
}

describe('SQL', () => {
  const uses = sqlUses(`${repository}/src`);

  it('names no table of a room above or beside, and writes only its own room’s', () => {
    expect(offences(uses).filter((offence) => EXCEPTIONS[offence] === undefined)).toEqual([]);
  });

  it('has no exception that is not needed any more', () => {
    const found = offences(uses);
    expect(Object.keys(EXCEPTIONS).filter((exception) => !found.includes(exception))).toEqual([]);
  });

  it('has an owner for every table and view there is, and for none that is gone', () => {
    expect([...owners.keys()].sort()).toEqual(schema());
  });

  it.each<[string, Omit<SqlUse, 'file'>, string[]]>([
    ['charge/looks-up.ts', { name: 'bulk_payment_job', how: 'reads' }, ['bulk-payment']],
    ['bulk-payment/looks-aside.ts', { name: 'subscription', how: 'reads' }, ['subscription']],
    ['bulk-payment/writes-below.ts', { name: 'charge', how: 'writes' }, ['charge']],
    ['platform/knows-a-room.ts', { name: 'api_key', how: 'reads' }, ['admin']],
    ['bulk-payment/reads-below.ts', { name: 'charge', how: 'reads' }, []],
    ['waiting/reads-below.ts', { name: 'approval', how: 'reads' }, []],
    ['charge/writes-its-own.ts', { name: 'charge', how: 'writes' }, []],
    ['charge/has-a-name-for-it.ts', { name: 'outcome', how: 'reads' }, []],
  ])('of %s, %p, says whose it is', (file, use, ofRooms) => {
    const said = ofRooms.map((room) => `${file} ${use.how} ${use.name} of ${room}`);
    expect(offences([{ file, ...use }])).toEqual(said);
  });

  it.each<[string, string[]]>([
    ['SELECT 1 FROM charge AS own, settlement, LATERAL (SELECT 2) AS two', ['reads charge', 'reads settlement']],
    ['SELECT FROM a LEFT JOIN refund_total ON true', ['reads a', 'reads refund_total']],
    ['INSERT INTO delivery (position) VALUES (1) ON CONFLICT DO UPDATE SET actor = 1', ['writes delivery']],
    [
      'WITH own AS (DELETE FROM notification RETURNING id) UPDATE charge SET id = 1',
      ['writes notification', 'writes charge'],
    ],
    ['COPY charge (id) FROM STDIN', ['writes charge']],
    ['SELECT a IS DISTINCT FROM charge.id FROM line_stop_of_job($1) FOR UPDATE', []],
    ['what came from charge', []],
    ['select a charge, or update subscription 12', []],
    ['select 1 from charge as own, settlement', ['reads charge', 'reads settlement']],
    ['insert\n  into charge (id) select 1', ['writes charge']],
    ['update charge c set id = 1', ['writes charge']],
    ['SELECT 1 FROM public.charge JOIN "settlement" s ON true', ['reads charge', 'reads settlement']],
    ['SELECT 1 FROM own AS other (a, b), charge', ['reads own', 'reads charge']],
    ['LOCK TABLE charge IN EXCLUSIVE MODE', ['writes charge']],
    ['lock table only charge', ['writes charge']],
    ['TABLE charge', ['reads charge']],
    ['SELECT 1 FROM (charge JOIN settlement ON true)', ['reads charge', 'reads settlement']],
    ['SELECT 1 FROM ((charge CROSS JOIN LATERAL (SELECT 2) AS two))', ['reads charge']],
    ['SELECT 1 FROM /* the */ charge -- from delivery', ['reads charge']],
    ['SELECT 1 FROM (VALUES (1)) AS one, (TABLE charge) AS two', ['reads charge']],
  ])('in %p is read as it says', (sql, said) => {
    expect(namesIn(sql).map(({ how, name }) => `${how} ${name}`)).toEqual(said);
  });

  it.each<[string, string[]]>([
    ['session.manager.insert(Charge, row)', ['writes charge']],
    ['await manager.update(Charge, { id }, row)', ['writes charge']],
    ['query.insert().into(Charge).values(row)', ['writes charge']],
    ['manager.findOneBy(Charge, { id })', ['reads charge']],
    ["manager.createQueryBuilder(Charge, 'own')", ['reads charge']],
    ['claim(session, Charge, due)', ['reads charge']],
    ['const life = { rows: Charge, history: Entry }', ['writes charge', 'writes charge_entry']],
    ['imports: [forFeature([Charge])]', []],
    ["database.rows('SELECT 1 ' + 'FROM charge')", ['reads charge']],
    ["database.rows(['DELETE', 'FROM', 'charge'].join(' '))", ['writes charge']],
    ["const OF = 'charge'; database.rows(`SELECT 1 FROM ${OF}`)", ['reads charge']],
    ["const [sql] = ['x']; database.rows(`SELECT 1 FROM ${sql}`)", []],
  ])('in the code %p is read as it does', (code, said) => {
    const found = namesInSource(
      code,
      new Map([
        ['Charge', 'charge'],
        ['Entry', 'charge_entry'],
      ]),
    );
    expect([...new Set(found.map(({ how, name }) => `${how} ${name}`))]).toEqual(said);
  });
});

/** What the migrations have made, one after the other. */
function schema(): string[] {
  const folder = `${repository}/migrations`;
  const files = readdirSync(folder).filter((name) => /^\d+-/.test(name));
  const there = new Set<string>();
  for (const name of files.sort()) {
    const text = readFileSync(`${folder}/${name}`, 'utf8');
    const of = (step: string): string[] =>
      [...text.matchAll(new RegExp(`\\b${step} (?:TABLE|VIEW)(?: IF (?:NOT )?EXISTS)? ([a-z_]+)`, 'g'))].map(
        (found) => found[1]!,
      );
    // What one step takes away and makes again is there after it.
    for (const dropped of of('DROP')) there.delete(dropped);
    for (const created of of('CREATE(?: OR REPLACE)?')) there.add(created);
    for (const [, was, is] of text.matchAll(/\bALTER TABLE ([a-z_]+) RENAME TO ([a-z_]+)/g)) {
      there.delete(was!);
      there.add(is!);
    }
  }
  return [...there].sort();
}
