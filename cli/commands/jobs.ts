import { Option, type Command } from 'commander';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import type { Schema } from '../../client/src';
import { addAct, addDownload, addList, addShow } from '../declare';
import { UsageError } from '../exit';
import { contentOf } from '../files';
import { covers } from '../operations';
import { dayOptions, gatewayOptions, reasonOption, yesOption } from '../options';
import type { Run } from '../session';
import type { Column } from '../table';
import { count, seoulTime, tally, won } from '../words';
import { CHARGE_COLUMNS } from './charges';
import { DISCREPANCY_COLUMNS } from './discrepancies';

type Job = Schema<'BulkPaymentJobView'>;

const COLUMNS: readonly Column<Job>[] = [
  ['id', (job) => job.id, { right: true }],
  ['state', (job) => job.state],
  ['stands at', (job) => job.standing],
  ['charges', (job) => count(job.requested.count), { right: true }],
  ['amount', (job) => won(job.requested.amount), { right: true }],
  ['created', (job) => seoulTime(job.createdAt)],
  ['undecided', (job) => count(job.result?.totals?.open.count), { right: true, spare: true }],
  ['account', (job) => job.gatewayAccount, { spare: true }],
  ['origin', (job) => job.origin, { spare: true }],
  ['T store job', (job) => job.submission?.gatewayJobId, { spare: true }],
];

type RefusedFile = Schema<'RefusedResultFileView'>;

const REFUSED_COLUMNS: readonly Column<RefusedFile>[] = [
  ['SHA-256', (file) => file.sha256],
  ['lines', (file) => count(file.lines), { right: true }],
  ['times', (file) => count(file.times), { right: true }],
  ['last', (file) => seoulTime(file.lastRefusedAt)],
  ['reason', (file) => file.reason],
];

export function addJobCommands(program: Command, run: Run): void {
  const jobs = program.command('jobs').description('bulk payment jobs (대량결제 작업)');
  addList(jobs, run, {
    name: 'list',
    does: 'jobs, newest first',
    operation: 'GET /admin/v1/bulk-payment-jobs',
    columns: COLUMNS,
    filters: {
      state: new Option('--state <state>').choices([
        'Created',
        'Processing',
        'Completed',
        'VerifiedCompleted',
        'Failed',
      ]),
      inDoubt: new Option('--in-doubt', 'only those nobody knows whether T store took them'),
      failing: new Option('--failing', 'only those whose last stage failed'),
      undecided: new Option('--undecided', 'only those of which a discrepancy is open'),
      unnotified: new Option('--unnotified', 'only those of which no notification came for a day'),
      gatewayJobId: new Option('--gateway-job <id>', 'by T store’s id of the job'),
      ...gatewayOptions(),
      ...dayOptions('made'),
    },
  });
  addShow(jobs, run, {
    name: 'show <id>',
    does: 'a job with all that is known of it',
    operation: 'GET /admin/v1/bulk-payment-jobs/{id}',
  });
  addList(jobs, run, {
    name: 'charges <id>',
    does: 'the charges of a job, newest first',
    operation: 'GET /admin/v1/bulk-payment-jobs/{id}/charges',
    columns: CHARGE_COLUMNS,
  });
  addList(jobs, run, {
    name: 'discrepancies <id>',
    does: 'what does not match in the result of a job',
    operation: 'GET /admin/v1/bulk-payment-jobs/{id}/discrepancies',
    columns: DISCREPANCY_COLUMNS,
  });
  addDownload(jobs, run, {
    name: 'request-file <id>',
    does: 'save the file that was sent; it holds billing tokens',
    operation: 'GET /admin/v1/bulk-payment-jobs/{id}/request-file',
  });
  addDownload(jobs, run, {
    name: 'result-file <id>',
    does: 'save the file that T store answered with',
    operation: 'GET /admin/v1/bulk-payment-jobs/{id}/result-file',
  });
  addRefusedResults(jobs, run);
  addDownload(jobs, run, {
    name: 'refused-result <id> <sha256>',
    does: 'save one of them; it holds billing tokens',
    operation: 'GET /admin/v1/bulk-payment-jobs/{id}/refused-result-files/{sha256}/file',
  });
  addUpload(jobs, run);
  addResolve(jobs, run);
  addAct(jobs, run, {
    name: 'cancel <id>',
    does: 'take a job back before anything of it is sent',
    operation: 'POST /admin/v1/bulk-payment-jobs/{id}/cancel',
    body: { reason: reasonOption() },
  });
  addAct(jobs, run, {
    name: 'fetch-result-again <id>',
    does: 'have the result file downloaded again, before it is reconciled',
    operation: 'POST /admin/v1/bulk-payment-jobs/{id}/fetch-result-again',
    body: { reason: reasonOption() },
  });
  addAct(jobs, run, {
    name: 'reconcile-as-is <id>',
    does: 'take a refused result file as it is: good lines settle, all else becomes discrepancies',
    operation: 'POST /admin/v1/bulk-payment-jobs/{id}/reconcile-as-is',
    body: {
      sha256: new Option('--sha256 <hex>', 'which of the refused result files').makeOptionMandatory(),
      reason: reasonOption(),
    },
    asks: async (session, path) => {
      const { requested } = (await session.call('GET /admin/v1/bulk-payment-jobs/{id}', { path })) as Job;
      return `Settle job ${path.id}, which asked for ${tally(requested)}, by a result file that is not its whole answer.`;
    },
  });
  addAct(jobs, run, {
    name: 'rebill <id>',
    does: 'charge those of a failed job again, in a new job',
    operation: 'POST /admin/v1/bulk-payment-jobs/{id}/rebill',
    body: { reason: reasonOption() },
    asks: async (session, path) => {
      const { requested } = (await session.call('GET /admin/v1/bulk-payment-jobs/{id}', { path })) as Job;
      return `Charge again what job ${path.id} asked for and is still owed: at most ${tally(requested)}.`;
    },
  });
}

function addRefusedResults(jobs: Command, run: Run): void {
  const list = jobs
    .command('refused-results <id>')
    .description('result files that were no answer to a job, and are kept: the first and the latest');
  const operation = 'GET /admin/v1/bulk-payment-jobs/{id}/refused-result-files';
  covers(list, operation).action(
    run(async (session, id: string) => {
      const { items } = (await session.call(operation, { path: { id } })) as { items: RefusedFile[] };
      session.showList(items, REFUSED_COLUMNS);
    }),
  );
}

function addUpload(jobs: Command, run: Run): void {
  const upload = jobs
    .command('upload <file>')
    .description('hand in a .pay file as a job')
    .option('--batch-reference <text>', 'what you call this batch; the same content is taken once for each')
    .option('--account <id>', 'the gateway account it is collected by; tstore unless stated')
    .addOption(yesOption());
  covers(upload, 'POST /admin/v1/bulk-payment-jobs').action(
    run(async (session, file: string, { batchReference, account }: { batchReference?: string; account?: string }) => {
      const body = await contentOf(file);
      await session.confirm(async () => `Have T store charge what ${file} asks for: ${tally(await askedFor(file))}.`);
      const headers = { 'content-type': 'application/octet-stream' };
      const query = {
        ...(batchReference !== undefined && { batchReference }),
        ...(account !== undefined && { account }),
      };
      const parts = { query, headers, body, isRaw: true };
      session.showDone(await session.call('POST /admin/v1/bulk-payment-jobs', parts));
    }),
  );
}

interface ResolveOptions {
  notAccepted?: boolean;
  gatewayJob?: string;
  reason: string;
}

function addResolve(jobs: Command, run: Run): void {
  const resolve = jobs
    .command('resolve <id>')
    .description('decide on a job in doubt, when T store has been asked')
    .option('--not-accepted', 'T store has not got it: give it up')
    .option('--gateway-job <id>', 'T store has it as this job: go on with it')
    .addOption(reasonOption())
    .addOption(yesOption());
  covers(resolve, 'POST /admin/v1/bulk-payment-jobs/{id}/close-as-not-accepted', {}, '--not-accepted');
  covers(resolve, 'POST /admin/v1/bulk-payment-jobs/{id}/attach-gateway-job', {}, '--gateway-job <id>').action(
    run(async (session, id: string, { notAccepted, gatewayJob, reason }: ResolveOptions) => {
      if ((notAccepted === true) === (gatewayJob !== undefined)) {
        throw new UsageError('State one of --not-accepted and --gateway-job.');
      }
      const path = { id };
      await session.confirm(async () => {
        const job = (await session.call('GET /admin/v1/bulk-payment-jobs/{id}', { path })) as Job;
        return gatewayJob === undefined
          ? `Say that T store never got job ${id}: its ${tally(job.requested)} may be charged again.`
          : `Say that T store has job ${id} as ${gatewayJob}: its result settles ${tally(job.requested)}.`;
      });
      const decided = await (gatewayJob === undefined
        ? session.call('POST /admin/v1/bulk-payment-jobs/{id}/close-as-not-accepted', { path, body: { reason } })
        : session.call('POST /admin/v1/bulk-payment-jobs/{id}/attach-gateway-job', {
            path,
            body: { gatewayJobId: gatewayJob, reason },
          }));
      session.showDone(decided);
    }),
  );
}

/** What a .pay file asks for, to be looked at before it is handed in; the service reads it anew, and strictly. */
async function askedFor(file: string): Promise<{ count: number; amount: number }> {
  let column: number | undefined;
  const asked = { count: 0, amount: 0 };
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const fields = line.split(',');
    if (column === undefined) column = fields.indexOf('amtReqPurchase');
    else if (line !== '') {
      asked.count++;
      asked.amount += Number(fields[column] ?? NaN);
    }
  }
  return asked;
}
