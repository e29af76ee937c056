import { StateChangeView } from '../frame/history.view';
import { ApiProperty } from '@nestjs/swagger';
import { OUTSIDE_REFUND_TRANSITIONS, type OutsideRefund, type OutsideRefundState } from '../../refund';
import { statesOf } from '../../kernel/transitions';
import { ApprovalView } from '../approval/approvals.view';
import { RefundView } from './refunds.view';

class OutsideDecisionView {
  @ApiProperty() at!: Date;
  @ApiProperty({ type: String, nullable: true }) by!: string | null;
  @ApiProperty({ type: String, nullable: true }) reason!: string | null;
}

class OutsideRefundLinksView {
  @ApiProperty() charge!: string;
  @ApiProperty({ description: 'The payment as the gateway has it now' }) transaction!: string;
  @ApiProperty({ type: String, nullable: true, description: 'What it was recorded as' }) refund!: string | null;
}

/** What the gateway’s record of a payment showed of a refund that we did not make. */
export class OutsideRefundView {
  @ApiProperty() id!: string;
  @ApiProperty({ description: 'Of the charge' }) orderNo!: string;
  @ApiProperty({ enum: statesOf(OUTSIDE_REFUND_TRANSITIONS) }) state!: OutsideRefundState;
  @ApiProperty({ type: [String], description: 'What may be done with it now' }) actions!: string[];
  @ApiProperty({ description: 'Status, reason, message and time of the gateway’s record' }) shown!: string;
  @ApiProperty({ description: 'The lookup that showed it' }) lookupId!: string;
  @ApiProperty() foundAt!: Date;
  @ApiProperty({ type: OutsideDecisionView, nullable: true, description: 'Who decided, when and why' })
  decision!: OutsideDecisionView | null;
  @ApiProperty({ type: OutsideRefundLinksView, description: 'Where its evidence is' }) links!: OutsideRefundLinksView;
}

export class OutsideRefundDetailView extends OutsideRefundView {
  @ApiProperty({ type: [StateChangeView], description: 'Changes of its state, oldest first' })
  history!: StateChangeView[];
}

/** One of the two: the refund that counts now, or the approval it waits for. */
export class RecordedOutsideView {
  @ApiProperty({ type: RefundView, nullable: true }) refund!: RefundView | null;
  @ApiProperty({ type: ApprovalView, nullable: true }) approval!: ApprovalView | null;
}

export function outsideRefundViewOf(outside: OutsideRefund): OutsideRefundView {
  const { id, orderNo, state, shown, lookupId, foundAt, decidedAt, decidedBy, decisionReason, refundId } = outside;
  const charge = `/admin/v1/charges/${encodeURIComponent(orderNo)}`;
  return {
    ...{ id, orderNo, state, actions: state === 'Suspected' ? ['record', 'dismiss'] : [], shown, lookupId, foundAt },
    decision: decidedAt && { at: decidedAt, by: decidedBy, reason: decisionReason },
    links: {
      charge,
      transaction: `${charge}/transaction`,
      refund: refundId === null ? null : `/admin/v1/refunds/${refundId}`,
    },
  };
}
