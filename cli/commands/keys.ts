import { Option, type Command } from 'commander';
import type { Schema } from '../../client/src';
import { addAct, addList, addShow } from '../declare';
import { covers } from '../operations';
import { reasonOption } from '../options';
import type { Run } from '../session';
import type { Column } from '../table';
import { seoulTime } from '../words';

type ApiKey = Schema<'ApiKeyView'>;

const COLUMNS: readonly Column<ApiKey>[] = [
  ['id', (key) => key.id, { right: true }],
  ['name', (key) => key.name, { wraps: true }],
  ['owner', (key) => key.owner, { wraps: true }],
  ['role', (key) => key.role],
  ['made by', (key) => key.createdBy, { spare: true }],
  ['revoked', (key) => (key.revocation === null ? 'no' : 'yes')],
  ['last used', (key) => seoulTime(key.lastUsedAt), { spare: true }],
  ['expires', (key) => seoulTime(key.expiresAt), { spare: true }],
];

interface NewKeyOptions {
  owner: string;
  role: ApiKey['role'];
  expires?: string;
}

export function addKeyCommands(program: Command, run: Run): void {
  const keys = program.command('keys').description('API keys');
  addList(keys, run, {
    name: 'list',
    does: 'API keys, newest first',
    operation: 'GET /admin/v1/api-keys',
    columns: COLUMNS,
    filters: {
      owner: new Option('--owner <who>', 'all of one owner'),
      createdByKeyId: new Option('--made-by <id>', 'all that were made with this key'),
    },
  });
  addShow(keys, run, {
    name: 'show <id>',
    does: 'a key: what it may do, and when it was used last',
    operation: 'GET /admin/v1/api-keys/{id}',
  });
  const create = keys
    .command('create <name>')
    .description('make a key; it is shown this once')
    .addOption(
      new Option('--role <role>').choices(['viewer', 'operator', 'finance', 'manager', 'admin']).makeOptionMandatory(),
    )
    .addOption(new Option('--owner <who>', 'whose it is: e-mail address or staff id').makeOptionMandatory())
    .option('--expires <time>', 'when it ends by itself, such as 2027-12-31T23:59:59+09:00');
  covers(create, 'POST /admin/v1/api-keys').action(
    run(async (session, name: string, { owner, role, expires }: NewKeyOptions) => {
      const body = { name, owner, role, ...(expires !== undefined && { expiresAt: expires }) };
      session.showDone(await session.call('POST /admin/v1/api-keys', { body }));
    }),
  );
  addAct(keys, run, {
    name: 'revoke <id>',
    does: 'end a key at once',
    operation: 'POST /admin/v1/api-keys/{id}/revoke',
    body: { reason: reasonOption() },
  });
}
