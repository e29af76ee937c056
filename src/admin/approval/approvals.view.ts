import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  APPROVAL_KINDS,
  APPROVAL_TRANSITIONS,
  type Approval,
  type ApprovalKind,
  type ApprovalState,
} from '../../approval';
import { statesOf } from '../../kernel/transitions';
import { StateChangeView } from '../frame/history.view';

class RequestView {
  @ApiProperty() by!: string;
  @ApiProperty({ description: 'Whose key that is; no key of theirs approves it' }) byOwner!: string;
  @ApiProperty() at!: Date;
  @ApiProperty({ type: String, nullable: true, description: 'In their words' }) reason!: string | null;
}

class ApprovalDecisionView {
  @ApiProperty({ type: String, nullable: true }) by!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Whose key that is; null: nobody decided' })
  byOwner!: string | null;
  @ApiProperty() at!: Date;
  @ApiProperty({ type: String, nullable: true }) reason!: string | null;
}

class ApprovalLinksView {
  @ApiProperty({ description: 'With the history of its states' }) self!: string;
  @ApiPropertyOptional({ description: 'The job it is about' }) job?: string;
  @ApiPropertyOptional({ description: 'The billing run it is about' }) billingRun?: string;
  @ApiPropertyOptional({ description: 'The refund it is about' }) refund?: string;
  @ApiPropertyOptional({ description: 'The payment it is about' }) directPayment?: string;
  @ApiPropertyOptional({ description: 'The discrepancy it is about' }) discrepancy?: string;
  @ApiPropertyOptional({ description: 'The charge it is about' }) charge?: string;
  @ApiPropertyOptional({ description: 'The line stop it is about, with its evidence' }) lineStop?: string;
}

export class ApprovalView {
  @ApiProperty() id!: string;
  @ApiProperty({ enum: APPROVAL_KINDS }) kind!: ApprovalKind;
  @ApiProperty({ enum: statesOf(APPROVAL_TRANSITIONS) }) state!: ApprovalState;
  @ApiProperty({ type: [String], description: 'What may be done with it now' }) actions!: string[];
  @ApiProperty({ type: ApprovalLinksView, description: 'What it is about' }) links!: ApprovalLinksView;
  @ApiProperty({ description: 'Of the refund, billing run, job, discrepancy, charge or line stop it is about' })
  subjectId!: string;
  @ApiProperty({ description: 'What is done when it is approved' }) summary!: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'The same for programs, as it was asked for; its members depend on the kind',
  })
  act!: Record<string, string>;
  @ApiProperty({ description: 'Why it needs a second person' }) because!: string;
  @ApiProperty({ type: 'integer', nullable: true, description: 'Charges or refunds it is about' })
  count!: number | null;
  @ApiProperty({ type: 'integer', nullable: true, description: 'Won it is about' }) amount!: number | null;
  @ApiProperty({ type: RequestView, description: 'Who asked for it' }) request!: RequestView;
  @ApiProperty({ type: Date, nullable: true, description: 'null: it waits until somebody decides' })
  expiresAt!: Date | null;
  @ApiProperty({ type: ApprovalDecisionView, nullable: true, description: 'How it ended' })
  decision!: ApprovalDecisionView | null;
  @ApiProperty({ description: 'Changes with it; also its ETag' }) version!: string;
}

export class ApprovalDetailView extends ApprovalView {
  @ApiProperty({ type: [StateChangeView], description: 'Changes of its state, oldest first' })
  history!: StateChangeView[];
}

export function approvalViewOf(approval: Approval): ApprovalView {
  const { id, kind, state, subjectId, summary, act, because, count, amount, expiresAt, version } = approval;
  const { requestedBy, requestedByOwner, requestedAt, reason } = approval;
  const { decidedBy, decidedByOwner, decidedAt, decisionReason } = approval;
  return {
    ...{ id, kind, state, actions: state === 'Waiting' ? ['approve', 'reject', 'withdraw'] : [] },
    links: { self: `/admin/v1/approvals/${id}`, ...subjectLinkOf(approval) },
    ...{ subjectId, summary, act, because, count, amount },
    request: { by: requestedBy, byOwner: requestedByOwner, at: requestedAt, reason },
    expiresAt,
    decision: decidedAt && { by: decidedBy, byOwner: decidedByOwner, at: decidedAt, reason: decisionReason },
    version,
  };
}

function subjectLinkOf({ kind, subjectId, act }: Approval): Partial<ApprovalLinksView> {
  const job = { job: `/admin/v1/bulk-payment-jobs/${subjectId}` };
  const refund = { refund: `/admin/v1/refunds/${subjectId}` };
  const links = {
    refund,
    'refund-doubt': refund,
    'refund-reversal': refund,
    'payment-doubt': { directPayment: `/admin/v1/direct-payments/${subjectId}` },
    'billing-run': { billingRun: `/admin/v1/billing-runs/${subjectId}` },
    upload: job,
    'job-doubt': job,
    'job-rebill': job,
    // Its subject is the charge, whose order number its act names.
    'outside-refund': {},
    rebill: { charge: `/admin/v1/charges/${encodeURIComponent(act.orderNo ?? '')}` },
    discrepancy: { discrepancy: `/admin/v1/discrepancies/${subjectId}` },
    'line-stop': { lineStop: `/admin/v1/line-stops/${subjectId}` },
  } as const satisfies Record<ApprovalKind, Partial<ApprovalLinksView>>;
  return links[kind];
}
