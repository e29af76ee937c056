import type { Command } from 'commander';
import { Option } from 'commander';
import type { Schema } from '../../client/src';
import { seoulTime, type Column } from '../output';
import type { Run } from '../session';
import { allOption, limitOption, reasonOption, rowsOf, type ListOptions } from './options';

type ApiKey = Schema<'ApiKeyView'>;

const COLUMNS: readonly Column<ApiKey>[] = [
  ['id', (key) => key.id],
  ['name', (key) => key.name],
  ['owner', (key) => key.owner],
  ['role', (key) => key.role],
  ['revoked', (key) => (key.revocation === null ? 'no' : 'yes')],
  ['last used (Seoul)', (key) => seoulTime(key.lastUsedAt)],
  ['expires (Seoul)', (key) => seoulTime(key.expiresAt)],
];

interface NewKeyOptions {
  owner: string;
  role: ApiKey['role'];
  expires?: string;
}

export function addKeyCommands(program: Command, run: Run): void {
  const keys = program.command('keys').description('API keys');
  keys
    .command('list')
    .description('API keys, newest first')
    .option('--owner <who>', 'all of one owner')
    .addOption(limitOption())
    .addOption(allOption())
    .action(
      run(async (session, { owner, ...list }: ListOptions & { owner?: string }) => {
        const rows = await rowsOf(list, (page) =>
          session.api.GET('/admin/v1/api-keys', { params: { query: { ...(owner && { owner }), ...page } } }),
        );
        session.showList(rows, COLUMNS);
      }),
    );
  keys
    .command('create <name>')
    .description('make a key; it is shown this once')
    .addOption(new Option('--role <role>').choices(['viewer', 'operator', 'finance', 'admin']).makeOptionMandatory())
    .addOption(new Option('--owner <who>', 'whose it is: e-mail address or staff id').makeOptionMandatory())
    .option('--expires <time>', 'when it ends by itself, such as 2027-12-31T23:59:59+09:00')
    .action(
      run(async (session, name: string, { owner, role, expires }: NewKeyOptions) => {
        session.show(
          await session.api.POST('/admin/v1/api-keys', {
            headers: session.headers,
            body: { name, owner, role, ...(expires !== undefined && { expiresAt: expires }) },
          }),
        );
      }),
    );
  keys
    .command('revoke <id>')
    .description('end a key at once')
    .addOption(reasonOption())
    .action(
      run(async (session, id: string, { reason }: { reason: string }) => {
        session.show(
          await session.api.POST('/admin/v1/api-keys/{id}/revoke', {
            params: { path: { id } },
            headers: session.headers,
            body: { reason },
          }),
        );
      }),
    );
}
