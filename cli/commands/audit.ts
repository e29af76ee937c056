import type { Command } from 'commander';
import type { Schema } from '../../client/src';
import { seoulTime, type Column } from '../output';
import type { Run } from '../session';
import { allOption, limitOption, rowsOf, type ListOptions } from './options';

type AuditEntry = Schema<'AuditEntryView'>;

const COLUMNS: readonly Column<AuditEntry>[] = [
  ['at (Seoul)', (entry) => seoulTime(entry.at)],
  ['who', (entry) => entry.actor],
  ['owner', (entry) => entry.owner],
  ['operation', (entry) => entry.operation],
  ['of', (entry) => entry.resourceId],
  ['reason', (entry) => entry.reason],
  ['ended', (entry) => (entry.outcome === null ? 'cut off' : (entry.outcome.code ?? entry.outcome.status))],
  ['request', (entry) => entry.requestId],
];

/** Each filter of the log, as an option. */
interface AuditListOptions extends ListOptions {
  actor?: string;
  owner?: string;
  key?: string;
  operation?: string;
  resource?: string;
  resourceId?: string;
  request?: string;
  from?: string;
  until?: string;
}

export function addAuditCommands(program: Command, run: Run): void {
  program
    .command('audit')
    .description('who changed what over the admin API')
    .command('list')
    .description('changing calls, newest first; --json shows them before and after')
    .option('--actor <name>', 'by one key, as histories name it')
    .option('--owner <who>', 'by any key of this owner')
    .option('--key <id>', 'by one key')
    .option('--operation <name>', 'such as products.change')
    .option('--resource <name>', 'such as refunds')
    .option('--resource-id <id>', 'of one thing')
    .option('--request <id>', 'by the request id of an answer')
    .option('--from <time>', 'at or after, such as 2027-01-31T00:00:00+09:00')
    .option('--until <time>', 'before')
    .addOption(limitOption())
    .addOption(allOption())
    .action(
      run(async (session, { limit, all, key, request, ...filter }: AuditListOptions) => {
        const query = { ...filter, ...(key && { apiKeyId: key }), ...(request && { requestId: request }) };
        const rows = await rowsOf({ limit, ...(all && { all }) }, (page) =>
          session.api.GET('/admin/v1/audit-log', { params: { query: { ...query, ...page } } }),
        );
        session.showList(rows, COLUMNS);
      }),
    );
}
