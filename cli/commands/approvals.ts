import { Option, type Command } from 'commander';
import type { Schema } from '../../client/src';
import { addAct, addList, addShow } from '../declare';
import { reasonOption } from '../options';
import type { Run } from '../session';
import type { Column } from '../table';
import { seoulTime, won } from '../words';

type Approval = Schema<'ApprovalView'>;

const COLUMNS: readonly Column<Approval>[] = [
  ['id', (approval) => approval.id, { right: true }],
  ['state', (approval) => approval.state],
  ['what is done when it is approved', (approval) => approval.summary, { wraps: true }],
  ['amount', (approval) => (approval.amount === null ? '' : won(approval.amount)), { right: true }],
  ['asked for by', (approval) => approval.request.byOwner],
  ['kind', (approval) => approval.kind, { spare: true }],
  ['expires', (approval) => seoulTime(approval.expiresAt), { spare: true }],
];

export function addApprovalCommands(program: Command, run: Run): void {
  const approvals = program.command('approvals').description('what waits for a second person (결재), whatever it is');
  addList(approvals, run, {
    name: 'list',
    does: 'approvals, newest first',
    operation: 'GET /admin/v1/approvals',
    columns: COLUMNS,
    filters: {
      state: new Option('--state <state>', 'those that are Waiting need a second person now').choices([
        ...['Waiting', 'Approved', 'Rejected', 'Withdrawn', 'Expired'],
      ]),
      kind: new Option('--kind <kind>', 'such as refund or upload'),
      subjectId: new Option('--subject <id>', 'about this refund, billing run, job or discrepancy'),
    },
  });
  addShow(approvals, run, {
    name: 'show <id>',
    does: 'an approval with its history',
    operation: 'GET /admin/v1/approvals/{id}',
  });
  addAct(approvals, run, {
    name: 'approve <id>',
    does: 'agree to what somebody else asked for; it is done at once',
    operation: 'POST /admin/v1/approvals/{id}/approve',
    body: { reason: reasonOption() },
    asks: async (session, path) => {
      const approval = (await session.call('GET /admin/v1/approvals/{id}', { path })) as Approval;
      const { summary, because, request } = approval;
      return `${summary}\nAsked for by ${request.by}: ${request.reason ?? 'no reason given'}\nNeeds a second person: ${because}`;
    },
  });
  addAct(approvals, run, {
    name: 'reject <id>',
    does: 'say no; what was held for it is canceled',
    operation: 'POST /admin/v1/approvals/{id}/reject',
    body: { reason: reasonOption() },
  });
  addAct(approvals, run, {
    name: 'withdraw <id>',
    does: 'take back what you asked for yourself',
    operation: 'POST /admin/v1/approvals/{id}/withdraw',
    body: { reason: reasonOption() },
  });
}
