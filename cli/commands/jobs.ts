import type { Command } from 'commander';
import { Option } from 'commander';
import { openAsBlob } from 'node:fs';
import type { Schema } from '../../client/src';
import { UsageError } from '../exit';
import { seoulTime, won, type Column } from '../output';
import type { Run } from '../session';
import { allOption, limitOption, reasonOption, rowsOf, type ListOptions } from './options';

type Job = Schema<'BulkPaymentJobView'>;

const COLUMNS: readonly Column<Job>[] = [
  ['id', (job) => job.id],
  ['state', (job) => (job.inDoubt ? `${job.state} (in doubt)` : job.state)],
  ['charges', (job) => won(job.requested.count)],
  ['won', (job) => won(job.requested.amount)],
  ['origin', (job) => job.origin],
  ['T store job', (job) => job.submission?.gatewayJobId],
  ['created (Seoul)', (job) => seoulTime(job.createdAt)],
];

interface JobListOptions extends ListOptions {
  state?: Job['state'];
  inDoubt?: boolean;
  failing?: boolean;
  unnotified?: boolean;
  gatewayJob?: string;
  from?: string;
  to?: string;
}

interface ResolveOptions {
  notAccepted?: boolean;
  gatewayJob?: string;
  reason: string;
}

export function addJobCommands(program: Command, run: Run): void {
  const jobs = program.command('jobs').description('bulk payment jobs (대량결제 작업)');
  jobs
    .command('list')
    .description('jobs, newest first')
    .addOption(
      new Option('--state <state>').choices(['Created', 'Processing', 'Completed', 'VerifiedCompleted', 'Failed']),
    )
    .option('--in-doubt', 'only those nobody knows whether T store took them')
    .option('--failing', 'only those whose last stage failed')
    .option('--unnotified', 'only those of which no notification came for a day')
    .option('--gateway-job <id>', 'by T store’s id of the job')
    .option('--from <date>', 'made on this Seoul day or later')
    .option('--to <date>', 'made on this Seoul day or earlier')
    .addOption(limitOption())
    .addOption(allOption())
    .action(
      run(async (session, { limit, all, gatewayJob, ...states }: JobListOptions) => {
        const filter = { ...states, ...(gatewayJob && { gatewayJobId: gatewayJob }) };
        const rows = await rowsOf({ limit, ...(all && { all }) }, (page) =>
          session.api.GET('/admin/v1/bulk-payment-jobs', {
            params: { query: { ...filter, ...page } },
          }),
        );
        session.showList(rows, COLUMNS);
      }),
    );
  jobs
    .command('show <id>')
    .description('a job with all that is known of it')
    .action(
      run(async (session, id: string) => {
        session.show(await session.api.GET('/admin/v1/bulk-payment-jobs/{id}', { params: { path: { id } } }));
      }),
    );
  jobs
    .command('upload <file>')
    .description('hand in a .pay file as a job')
    .option('--batch-reference <text>', 'what you call this batch; the same content is taken once for each')
    .action(
      run(async (session, file: string, { batchReference }: { batchReference?: string }) => {
        const content = await contentOf(file);
        session.show(
          await session.api.POST('/admin/v1/bulk-payment-jobs', {
            params: { query: batchReference === undefined ? {} : { batchReference } },
            headers: { 'content-type': 'application/octet-stream', ...session.headers },
            body: content as never,
            bodySerializer: (body) => body,
          }),
        );
      }),
    );
  jobs
    .command('resolve <id>')
    .description('decide on a job in doubt, when T store has been asked')
    .option('--not-accepted', 'T store has not got it: give it up')
    .option('--gateway-job <id>', 'T store has it as this job: go on with it')
    .addOption(reasonOption())
    .action(
      run(async (session, id: string, { notAccepted, gatewayJob, reason }: ResolveOptions) => {
        if ((notAccepted === true) === (gatewayJob !== undefined)) {
          throw new UsageError('State one of --not-accepted and --gateway-job.');
        }
        const call = { params: { path: { id } }, headers: session.headers };
        session.show(
          gatewayJob === undefined
            ? await session.api.POST('/admin/v1/bulk-payment-jobs/{id}/close-as-not-accepted', {
                ...call,
                body: { reason },
              })
            : await session.api.POST('/admin/v1/bulk-payment-jobs/{id}/attach-gateway-job', {
                ...call,
                body: { gatewayJobId: gatewayJob, reason },
              }),
        );
      }),
    );
  for (const [name, description] of [
    ['cancel', 'take a job back before anything of it is sent'],
    ['fetch-result-again', 'have the result file downloaded again, before it is reconciled'],
    ['rebill', 'charge those of a failed job again, in a new job'],
  ] as const) {
    jobs
      .command(`${name} <id>`)
      .description(description)
      .addOption(reasonOption())
      .action(
        run(async (session, id: string, { reason }: { reason: string }) => {
          session.show(
            await session.api.POST(`/admin/v1/bulk-payment-jobs/{id}/${name}`, {
              params: { path: { id } },
              headers: session.headers,
              body: { reason },
            }),
          );
        }),
      );
  }
}

/** A file that is read while it is sent. */
async function contentOf(file: string): Promise<Blob> {
  try {
    return await openAsBlob(file);
  } catch {
    throw new UsageError(`${file} can’t be read.`);
  }
}
