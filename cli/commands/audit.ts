import { Option, type Command } from 'commander';
import type { Schema } from '../../client/src';
import { addList } from '../declare';
import type { Run } from '../session';
import type { Column } from '../table';
import { seoulSecond } from '../words';

type AuditEntry = Schema<'AuditEntryView'>;

const COLUMNS: readonly Column<AuditEntry>[] = [
  ['at', (entry) => seoulSecond(entry.at)],
  ['who', (entry) => entry.actor, { wraps: true }],
  ['what', (entry) => `${entry.operation} ${entry.resourceId ?? ''}`.trim(), { wraps: true }],
  [
    'ended',
    (entry) => (entry.outcome === null ? 'cut off' : (entry.outcome.code ?? entry.outcome.status)),
    { wraps: true },
  ],
  ['reason', (entry) => entry.reason, { wraps: true }],
  ['owner', (entry) => entry.owner, { spare: true }],
  ['request', (entry) => entry.requestId, { spare: true }],
];

export function addAuditCommands(program: Command, run: Run): void {
  const audit = program.command('audit').description('who changed what over the admin API');
  addList(audit, run, {
    name: 'list',
    does: 'changing calls, newest first; --json shows them before and after',
    operation: 'GET /admin/v1/audit-log',
    columns: COLUMNS,
    filters: {
      actor: new Option('--actor <name>', 'by one key, as histories name it'),
      owner: new Option('--owner <who>', 'by any key of this owner'),
      apiKeyId: new Option('--key <id>', 'by one key'),
      operation: new Option('--operation <name>', 'such as products.change'),
      resource: new Option('--resource <name>', 'such as refunds'),
      resourceId: new Option('--resource-id <id>', 'of one thing'),
      requestId: new Option('--request <id>', 'by the request id of an answer'),
      from: new Option('--from <time>', 'at or after, such as 2027-01-31T00:00:00+09:00'),
      until: new Option('--until <time>', 'before, such as 2027-02-01T00:00:00+09:00'),
    },
  });
}
