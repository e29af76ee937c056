import { ApiProperty } from '@nestjs/swagger';
import { REFUND_TRANSITIONS, isReversible, type Refund, type RefundState } from '../../refund';
import { statesOf } from '../../kernel/transitions';
import { PaymentPartView } from '../charge/found-transaction.view';
import { exchangesLinkOf } from '../gateway-exchange/gateway-exchanges.view';
import { StateChangeView } from '../frame/history.view';
import { RetryView } from '../frame/retry.view';
import { GATEWAY_NAMES, type GatewayName } from '../../gateways';
import { FirstColumns } from '../lists';

class RefundLinksView {
  @ApiProperty({ description: 'With the history of its states' }) self!: string;
  @ApiProperty() charge!: string;
  @ApiProperty({ description: 'The payment as the gateway has it now' }) transaction!: string;
  @ApiProperty({ description: 'The calls that asked for it and for others of its charge, as they went over the wire' })
  exchanges!: string;
}

class ReleaseView {
  @ApiProperty({ description: 'Why a second person must release it' }) because!: string;
  @ApiProperty({ type: String, nullable: true }) by!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Whose key that is' }) byOwner!: string | null;
  @ApiProperty({ type: Date, nullable: true }) at!: Date | null;
}

class SentView {
  @ApiProperty() at!: Date;
  @ApiProperty({ type: Boolean, nullable: true, description: 'Whether it is all of the payment' }) isFull!:
    boolean | null;
  @ApiProperty({
    type: [PaymentPartView],
    nullable: true,
    description: 'The payment’s parts as the gateway holds them',
  })
  paymentParts!: PaymentPartView[] | null;
}

class DoubtView {
  @ApiProperty() since!: Date;
  @ApiProperty({ type: String, nullable: true }) why!: string | null;
}

class RefundReceiverView {
  @ApiProperty({ description: 'Its bank, the end of its number, the beginning of whose it is' }) shown!: string;
  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'How far the gateway’s transfer is, by its own word: a refund that is made may still be on its way, or have failed',
  })
  transferStatus!: string | null;
}

class RefundResultView {
  @ApiProperty() at!: Date;
  @ApiProperty({ type: String, nullable: true, description: 'The gateway’s id of the refund' })
  refundTransactionId!: string | null;
  @ApiProperty({ type: String, nullable: true }) resultCode!: string | null;
  @ApiProperty({ type: String, nullable: true }) resultMessage!: string | null;
}

@FirstColumns('requestedAt', 'orderNo', 'amount', 'state', 'reason', 'requestedBy', 'result.at')
export class RefundView {
  @ApiProperty() id!: string;
  @ApiProperty() chargeId!: string;
  @ApiProperty({ description: 'Of the charge' }) orderNo!: string;
  @ApiProperty({ enum: GATEWAY_NAMES, description: 'Who gives it back' }) gateway!: GatewayName;
  @ApiProperty({ description: 'The gateway account that collected it' }) gatewayAccount!: string;
  @ApiProperty({ description: 'The payment it takes back' }) transactionId!: string;
  @ApiProperty({ type: 'integer', description: 'Won' }) amount!: number;
  @ApiProperty({ enum: statesOf(REFUND_TRANSITIONS) }) state!: RefundState;
  @ApiProperty({ description: 'The gateway made it without us, and a person recorded it' }) outside!: boolean;
  @ApiProperty({ type: [String], description: 'What may be done with it now' }) actions!: string[];
  @ApiProperty({ type: RefundLinksView, description: 'Where its evidence is' }) links!: RefundLinksView;
  @ApiProperty({ type: String, nullable: true, description: 'What keeps it from being sent although it is released' })
  heldBy!: string | null;
  @ApiProperty() reason!: string;
  @ApiProperty({ type: String, nullable: true, description: 'What its orderer calls it' }) reference!: string | null;
  @ApiProperty() requestedBy!: string;
  @ApiProperty({ description: 'Whose key that is; no key of theirs can release it' }) requestedByOwner!: string;
  @ApiProperty() requestedAt!: Date;
  @ApiProperty({ type: ReleaseView, nullable: true, description: 'Why a second person must release it, and who did' })
  release!: ReleaseView | null;
  @ApiProperty({
    type: [String],
    description:
      'Other orders that claimed its payment when it was asked for: it may be their customer’s money, so a second person releases it',
  })
  claimedBy!: string[];
  @ApiProperty({ type: SentView, nullable: true, description: 'When it was sent, and with which parameters' })
  sent!: SentView | null;
  @ApiProperty({ type: DoubtView, nullable: true, description: 'Why its outcome is or was not known, and since when' })
  doubt!: DoubtView | null;
  @ApiProperty({
    type: RefundReceiverView,
    nullable: true,
    description: 'Where it goes, of what was paid by a deposit',
  })
  receiver!: RefundReceiverView | null;
  @ApiProperty({ type: RefundResultView, nullable: true, description: 'How it ended' })
  result!: RefundResultView | null;
  @ApiProperty({ type: RetryView, nullable: true, description: 'Why it is not on, and when it is looked at again' })
  retry!: RetryView | null;
  @ApiProperty({ description: 'Changes with it; also its ETag' }) version!: string;
}

export class RefundDetailView extends RefundView {
  @ApiProperty({ type: [StateChangeView], description: 'Changes of its state, oldest first' })
  history!: StateChangeView[];
}

export function refundViewOf(refund: Refund): RefundView {
  const {
    id,
    chargeId,
    orderNo,
    transactionId,
    amount,
    state,
    reason,
    reference,
    requestedBy,
    requestedByOwner,
    requestedAt,
  } = refund;
  return {
    ...{ gateway: refund.gateway, gatewayAccount: refund.gatewayAccount },
    ...{ id, chargeId, orderNo, transactionId, amount, state, actions: actionsOf(refund), links: linksOf(refund) },
    outside: refund.outside,
    heldBy: refund.heldBy,
    ...{ reason, reference, requestedBy, requestedByOwner, requestedAt, release: releaseOf(refund) },
    claimedBy: refund.claimedBy,
    sent: refund.sentAt && { at: refund.sentAt, isFull: refund.isFull, paymentParts: refund.paymentParts },
    doubt: refund.inDoubtSince && { since: refund.inDoubtSince, why: refund.doubt },
    receiver: refund.receiver,
    result: refund.endedAt && {
      at: refund.endedAt,
      refundTransactionId: refund.refundTransactionId,
      resultCode: refund.resultCode,
      resultMessage: refund.resultMessage,
    },
    retry:
      refund.lastError === null
        ? null
        : { attempts: refund.attempts, at: refund.nextAttemptAt, error: refund.lastError },
    version: refund.version,
  };
}

function releaseOf({ holdReason, releasedBy, releasedByOwner, releasedAt }: Refund): ReleaseView | null {
  if (holdReason === null) return null;
  return { because: holdReason, by: releasedBy, byOwner: releasedByOwner, at: releasedAt };
}

function linksOf({ id, orderNo }: Refund): RefundLinksView {
  const charge = `/admin/v1/charges/${encodeURIComponent(orderNo)}`;
  const exchanges = exchangesLinkOf(orderNo, 'refund');
  return { self: `/admin/v1/refunds/${id}`, charge, transaction: `${charge}/transaction`, exchanges };
}

/** What people may do; the other arrows are the scheduler's. */
function actionsOf(refund: Refund): string[] {
  const { state } = refund;
  if (state === 'Unknown') return ['resolve'];
  if (isReversible(refund)) return ['reverse'];
  return Object.keys(REFUND_TRANSITIONS[state]).filter((event) => event === 'release' || event === 'cancel');
}
