import { ApiProperty } from '@nestjs/swagger';
import {
  DIRECT_PAYMENT_TRANSITIONS,
  type DirectPayment,
  type DirectPaymentLook,
  type DirectPaymentState,
} from '../../direct-payment';
import { statesOf } from '../../kernel/transitions';
import { LOOKUP_ANSWERS, type LookupAnswer } from '../../transaction-lookup';
import { StateChangeView } from '../frame/history.view';
import { RetryView } from '../frame/retry.view';
import { FirstColumns } from '../lists';

class DirectPaymentLinksView {
  @ApiProperty({ description: 'With the history of its states' }) self!: string;
  @ApiProperty({ description: 'The charge that it collects' }) charge!: string;
}

class PaymentDoubtView {
  @ApiProperty({ description: 'When its outcome was first not known' }) since!: Date;
  @ApiProperty({ type: String, nullable: true, description: 'Why its outcome is not known' }) why!: string | null;
}

class PaymentResultView {
  @ApiProperty({ description: 'When it ended' }) at!: Date;
  @ApiProperty({ type: String, nullable: true, description: 'The gateway’s code, or by-decision' })
  resultCode!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The gateway’s words, or a person’s' })
  resultMessage!: string | null;
}

@FirstColumns('createdAt', 'orderNo', 'amount', 'state')
export class DirectPaymentView {
  @ApiProperty() id!: string;
  @ApiProperty({ enum: statesOf(DIRECT_PAYMENT_TRANSITIONS) }) state!: DirectPaymentState;
  @ApiProperty({ type: [String], description: 'What may be done with it now' }) actions!: string[];
  @ApiProperty({ type: DirectPaymentLinksView, description: 'Where its evidence is' }) links!: DirectPaymentLinksView;
  @ApiProperty({ description: 'Of the charge' }) orderNo!: string;
  @ApiProperty({ type: 'integer', description: 'Won' }) amount!: number;
  @ApiProperty({ description: 'Who collects it' }) gateway!: string;
  @ApiProperty({ description: 'The gateway account that collects it' }) gatewayAccount!: string;
  @ApiProperty({ enum: ['checkout', 'method'], description: 'Made in a payment window, or with a payment method' })
  origin!: string;
  @ApiProperty() createdAt!: Date;
  @ApiProperty({ type: Date, nullable: true, description: 'When it was sent first' }) sentAt!: Date | null;
  @ApiProperty({ type: String, nullable: true, description: 'The gateway’s id of the payment' })
  transactionId!: string | null;
  @ApiProperty({ type: PaymentDoubtView, nullable: true, description: 'Why its outcome is or was not known' })
  doubt!: PaymentDoubtView | null;
  @ApiProperty({ type: PaymentResultView, nullable: true, description: 'How it ended' })
  result!: PaymentResultView | null;
  @ApiProperty({ type: RetryView, nullable: true, description: 'Why it is not on, and when it is looked at again' })
  retry!: RetryView | null;
  @ApiProperty({ description: 'Changes with it; also its ETag' }) version!: string;
}

class PaymentLookView {
  @ApiProperty() at!: Date;
  @ApiProperty({ description: 'Who asked' }) actor!: string;
  @ApiProperty({ enum: LOOKUP_ANSWERS, description: 'What it answered' }) answer!: LookupAnswer;
  @ApiProperty({ type: String, nullable: true, description: 'Of what was found' }) transactionId!: string | null;
  @ApiProperty({ type: 'integer', nullable: true, description: 'Won; 0 in another currency' }) amount!: number | null;
  @ApiProperty({ type: String, nullable: true, description: 'How far the gateway has it' }) standing!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Why it did not tell, or that it has none' })
  message!: string | null;
}

export class DirectPaymentDetailView extends DirectPaymentView {
  @ApiProperty({ type: [PaymentLookView], description: 'What the gateway said where persons decide, newest first' })
  looks!: PaymentLookView[];
  @ApiProperty({ type: [StateChangeView], description: 'Changes of its state, oldest first' })
  history!: StateChangeView[];
}

const ACTIONS: Readonly<Record<DirectPaymentState, readonly string[]>> = {
  ...{ Pending: [], Sending: [], Paid: [], Declined: [], Canceled: [] },
  Unknown: ['look', 'resolve'],
  Awaited: ['look'],
};

export function directPaymentViewOf(payment: DirectPayment): DirectPaymentView {
  const { id, state, orderNo, amount, gateway, gatewayAccount, origin, createdAt, sentAt, transactionId } = payment;
  const { inDoubtSince, doubt, endedAt, resultCode, resultMessage, lastError, attempts, nextAttemptAt } = payment;
  return {
    ...{ id, state, actions: [...ACTIONS[state]] },
    links: { self: `/admin/v1/direct-payments/${id}`, charge: `/admin/v1/charges/${encodeURIComponent(orderNo)}` },
    ...{ orderNo, amount, gateway, gatewayAccount, origin, createdAt, sentAt, transactionId },
    doubt: inDoubtSince && { since: inDoubtSince, why: doubt },
    result: endedAt && { at: endedAt, resultCode, resultMessage },
    retry: lastError === null ? null : { attempts, at: nextAttemptAt, error: lastError },
    version: payment.version,
  };
}

export function lookViewOf({ at, actor, answer, found, message }: DirectPaymentLook): PaymentLookView {
  const { transactionId = null, amount = null, standing = null } = found ?? {};
  return { at, actor, answer, transactionId, amount, standing, message };
}
