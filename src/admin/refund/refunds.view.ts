import { ApiProperty } from '@nestjs/swagger';
import { REFUND_TRANSITIONS, type Refund, type RefundState } from '../../refund';
import { statesOf } from '../../kernel/transitions';
import { PaymentPartView } from '../charge/found-transaction.view';
import { StateChangeView } from '../frame/history.view';
import { RetryView } from '../frame/retry.view';
import { FirstColumns } from '../lists';

class RefundLinksView {
  @ApiProperty({ description: 'With the history of its states' }) self!: string;
  @ApiProperty() charge!: string;
  @ApiProperty({ description: 'The payment as T store has it now' }) transaction!: string;
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
  @ApiProperty({ type: [PaymentPartView], nullable: true, description: 'The payment’s parts as T store holds them' })
  paymentParts!: PaymentPartView[] | null;
}

class DoubtView {
  @ApiProperty() since!: Date;
  @ApiProperty({ type: String, nullable: true }) why!: string | null;
}

class RefundResultView {
  @ApiProperty() at!: Date;
  @ApiProperty({ type: String, nullable: true, description: 'T store’s id of the refund' })
  refundTransactionId!: string | null;
  @ApiProperty({ type: String, nullable: true }) resultCode!: string | null;
  @ApiProperty({ type: String, nullable: true }) resultMessage!: string | null;
}

@FirstColumns('requestedAt', 'orderNo', 'amount', 'state', 'reason', 'requestedBy', 'result.at')
export class RefundView {
  @ApiProperty() id!: string;
  @ApiProperty() chargeId!: string;
  @ApiProperty({ description: 'Of the charge' }) orderNo!: string;
  @ApiProperty({ description: 'The payment it takes back' }) transactionId!: string;
  @ApiProperty({ type: 'integer', description: 'Won' }) amount!: number;
  @ApiProperty({ enum: statesOf(REFUND_TRANSITIONS) }) state!: RefundState;
  @ApiProperty({ description: 'T store made it without us, and a person recorded it' }) outside!: boolean;
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
  @ApiProperty({ type: SentView, nullable: true, description: 'When it was sent, and with which parameters' })
  sent!: SentView | null;
  @ApiProperty({ type: DoubtView, nullable: true, description: 'Why its outcome is or was not known, and since when' })
  doubt!: DoubtView | null;
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
    ...{ id, chargeId, orderNo, transactionId, amount, state, actions: actionsOf(refund), links: linksOf(refund) },
    outside: refund.outside,
    heldBy: refund.heldBy,
    ...{ reason, reference, requestedBy, requestedByOwner, requestedAt, release: releaseOf(refund) },
    sent: refund.sentAt && { at: refund.sentAt, isFull: refund.isFull, paymentParts: refund.paymentParts },
    doubt: refund.inDoubtSince && { since: refund.inDoubtSince, why: refund.doubt },
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
  return { self: `/admin/v1/refunds/${id}`, charge, transaction: `${charge}/transaction` };
}

/** What people may do; the other arrows are the scheduler's. */
function actionsOf({ state }: Refund): string[] {
  if (state === 'Unknown') return ['resolve'];
  return Object.keys(REFUND_TRANSITIONS[state]).filter((event) => event === 'release' || event === 'cancel');
}
