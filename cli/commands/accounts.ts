import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Schema } from '../../client/src';
import { addAct, addList, addShow } from '../declare';
import { secretsOf } from '../files';
import { covers } from '../operations';
import { GATEWAYS_WITH_ACCOUNTS, reasonOption, wholeNumber, yesOption } from '../options';
import type { Run } from '../session';
import type { Column } from '../table';
import { seoulTime } from '../words';

type Account = Schema<'GatewayAccountView'>;
type Fields = Record<string, string>;

const COLUMNS: readonly Column<Account>[] = [
  ['id', (account) => account.id],
  ['label', (account) => account.label, { wraps: true }],
  ['gateway', (account) => account.gateway],
  ['environment', (account) => account.environment],
  ['collects', (account) => account.purpose, { spare: true }],
  ['enabled', (account) => (account.enabled ? 'yes' : 'no')],
  ['secrets', (account) => account.credentialsVerdict],
  ['checked', (account) => seoulTime(account.credentialsCheckedAt), { spare: true }],
  ['problem', (account) => account.problem, { wraps: true }],
  ['changed', (account) => seoulTime(account.updatedAt), { spare: true }],
];

export function addAccountCommands(program: Command, run: Run): void {
  const accounts = program
    .command('gateway-accounts')
    .alias('accounts')
    .description('contracts with gateways (가맹점 계정)');
  addList(accounts, run, {
    name: 'list',
    does: 'accounts, newest first',
    operation: 'GET /admin/v1/gateway-accounts',
    columns: COLUMNS,
  });
  addShow(accounts, run, {
    name: 'show <id>',
    does: 'an account: what secrets it has, and its history',
    operation: 'GET /admin/v1/gateway-accounts/{id}',
  });
  addCreate(accounts, run);
  addChange(accounts, run);
  addRotate(accounts, run);
  addAct(accounts, run, {
    name: 'disable <id>',
    does: 'let its submissions and refunds wait',
    operation: 'POST /admin/v1/gateway-accounts/{id}/disable',
    body: { reason: reasonOption() },
    // Nothing is asked: it only lets money wait. Who writes `--yes` behind every act may do so here too.
  }).addOption(yesOption());
  addAct(accounts, run, {
    name: 'enable <id>',
    does: 'let its submissions and refunds go on',
    operation: 'POST /admin/v1/gateway-accounts/{id}/enable',
    body: { reason: reasonOption() },
    asks: async (session, { id }) => {
      const account = (await session.call('GET /admin/v1/gateway-accounts/{id}', {
        path: { id: id ?? '' },
      })) as Account;
      return `Let submissions and refunds of ${account.label} (${account.id}) go on.`;
    },
  });
}

/** Stated once for each: `--identifier mid=kidscorp --identifier bid=kids`. */
function identifierOption(): Option {
  return new Option('--identifier <name=value>', 'what the gateway calls you, such as mid=skpcorp; several').argParser(
    (text: string, stated: Fields = {}) => {
      const [, name, value] = /^(\w+)=(.+)$/.exec(text) ?? [];
      if (name === undefined || value === undefined) throw new InvalidArgumentError('name=value is expected.');
      return { ...stated, [name]: value };
    },
  );
}

function secretsOption(): Option {
  return new Option('--secrets <file>', 'file with a line name=value for each secret; - reads what is typed or piped');
}

const purposeOption = (): Option =>
  new Option('--purpose <what>', 'what it may collect').choices(['any', 'recurring', 'one-time']);

function paceOptions(): Option[] {
  return [
    new Option('--lookups <n>', 'lookups a minute').argParser(wholeNumber),
    new Option('--refunds <n>', 'refunds a minute').argParser(wholeNumber),
    new Option('--at-once <n>', 'jobs and refunds at once').argParser(wholeNumber),
  ];
}

interface Stated {
  label?: string;
  purpose?: Account['purpose'];
  identifier?: Fields;
  lookups?: number;
  refunds?: number;
  atOnce?: number;
}

function fieldsOf({ label, purpose, identifier, lookups, refunds, atOnce }: Stated): object {
  return { label, purpose, identifiers: identifier, lookupsPerMinute: lookups, refundsPerMinute: refunds, atOnce };
}

function addCreate(accounts: Command, run: Run): void {
  const create = accounts
    .command('create <id>')
    .description('make an account; its secrets are read from a file, and never shown again')
    .addOption(new Option('--gateway <name>', 'who collects by it').choices(GATEWAYS_WITH_ACCOUNTS).default('tstore'))
    .requiredOption('--label <text>', 'what people call it')
    .addOption(identifierOption().default({}, 'none'))
    .addOption(secretsOption().makeOptionMandatory())
    .addOption(new Option('--environment <which>', 'else the service’s').choices(['simulator', 'sandbox', 'live']))
    .addOption(purposeOption());
  for (const option of paceOptions()) create.addOption(option);
  covers(create, 'POST /admin/v1/gateway-accounts').action(
    run(async (session, id: string, stated: Stated & { gateway: string; environment?: string; secrets: string }) => {
      const { gateway, environment, secrets } = stated;
      const body = { id, gateway, environment, ...fieldsOf(stated), credentials: await secretsOf(secrets) };
      session.showDone(await session.call('POST /admin/v1/gateway-accounts', { body }));
    }),
  );
}

function addChange(accounts: Command, run: Run): void {
  const change = accounts
    .command('change <id>')
    .description('change what it is called, may collect, its pace, or what its gateway calls you')
    .option('--label <text>', 'another name')
    .addOption(identifierOption())
    .addOption(purposeOption());
  for (const option of paceOptions()) change.addOption(option);
  covers(change, 'PATCH /admin/v1/gateway-accounts/{id}').action(
    run(async (session, id: string, stated: Stated) => {
      const parts = { path: { id }, body: fieldsOf(stated) };
      session.showDone(await session.call('PATCH /admin/v1/gateway-accounts/{id}', parts));
    }),
  );
}

function addRotate(accounts: Command, run: Run): void {
  const rotate = accounts
    .command('rotate <id>')
    .description('give it new secrets beside the old')
    .addOption(secretsOption().makeOptionMandatory())
    .option(
      '--old-until <time>',
      'when the old are used no more, such as 2027-01-31T09:00:00+09:00; a day from now unless stated',
    )
    .addOption(reasonOption())
    .addOption(yesOption());
  covers(rotate, 'POST /admin/v1/gateway-accounts/{id}/credentials').action(
    run(async (session, id: string, stated: { secrets: string; oldUntil?: string; reason: string }) => {
      const credentials = await secretsOf(stated.secrets);
      await session.confirm(() => {
        const old = `the old are used until ${stated.oldUntil ?? 'a day from now'}`;
        return Promise.resolve(`Give ${id} new secrets (${Object.keys(credentials).join(', ')}); ${old}.`);
      });
      const body = { credentials, oldValidUntil: stated.oldUntil, reason: stated.reason };
      const parts = { path: { id }, body };
      session.showDone(await session.call('POST /admin/v1/gateway-accounts/{id}/credentials', parts));
    }),
  );
}
