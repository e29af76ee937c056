import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  CHARGE_TRANSITIONS,
  WITHDRAWAL_REASONS,
  type ChargeRecord,
  type ChargeState,
  type WithdrawalReason,
} from '../../charge';
import { GATEWAY_NAMES, type GatewayName } from '../../gateways';
import type { ChargeTransaction } from '../../refund';
import { statesOf } from '../../kernel/transitions';
import { LOOKUP_ANSWERS, type LookupAnswer } from '../../transaction-lookup';
import { exchangesLinkOf } from '../gateway-exchange/gateway-exchanges.view';
import { SCALAR } from '../frame/history.view';
import { FoundTransactionView, LOOKUP_ANSWERS_IN_WORDS } from './found-transaction.view';
import { FirstColumns } from '../lists';

const ROOT = '/admin/v1';
const PART = { type: 'integer', nullable: true } as const;

/** Where a charge's evidence is; what there is none of is left out. */
class ChargeLinksView {
  @ApiProperty() self!: string;
  @ApiPropertyOptional() job?: string;
  @ApiPropertyOptional() requestFile?: string;
  @ApiProperty() discrepancies!: string;
  @ApiPropertyOptional() subscription?: string;
  @ApiPropertyOptional() refunds?: string;
  @ApiPropertyOptional({ description: 'Its payment as the gateway has it' }) transaction?: string;
  @ApiPropertyOptional({ description: 'The calls to its gateway, as they went over the wire' }) exchanges?: string;
  @ApiPropertyOptional() resultFile?: string;
  @ApiPropertyOptional({ description: 'The discrepancy whose decision settled it' }) decision?: string;
  @ApiPropertyOptional({ description: 'Its entry of the settlement log' }) settlement?: string;
}

/** A charge as it is shown: it never held the billing token. */
@FirstColumns(
  'settledAt',
  'orderNo',
  'customerReference',
  'productName',
  'amount',
  'state',
  'refundedAmount',
  'resultMessage',
)
export class ChargeView {
  @ApiProperty() id!: string;
  @ApiProperty({ enum: GATEWAY_NAMES, description: 'Who collects it' }) gateway!: GatewayName;
  @ApiProperty({ description: 'The gateway account it is collected by' }) gatewayAccount!: string;
  @ApiProperty() orderNo!: string;
  @ApiProperty({ enum: statesOf(CHARGE_TRANSITIONS) }) state!: ChargeState;
  @ApiProperty({ type: [String], description: 'What may be done with it now' }) actions!: string[];
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The job it was sent in; null: of another gateway than T store',
  })
  bulkPaymentJobId!: string | null;
  @ApiProperty({ type: 'integer', nullable: true, description: 'Line of the request file' })
  lineNumber!: number | null;
  @ApiProperty({ type: String, nullable: true }) subscriptionId!: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Your own name for the customer; null: not known, or of an uploaded file',
  })
  customerReference!: string | null;
  @ApiProperty({ type: String, format: 'date', nullable: true }) periodStartOn!: string | null;
  @ApiProperty({ type: 'integer', nullable: true, description: 'Which attempt at its period' }) attempt!: number | null;
  @ApiProperty() storeProductId!: string;
  @ApiProperty() productName!: string;
  @ApiProperty({ type: 'integer', description: 'Won; T store’s are the sum of the three parts' }) amount!: number;
  @ApiProperty({ type: 'integer', description: 'Won of it that bear no VAT' }) taxFreeAmount!: number;
  @ApiProperty({ ...PART, description: 'T store’s part of the carrier' }) carrierAmount!: number | null;
  @ApiProperty({ ...PART, description: 'T store’s part of the credit card' }) creditCardAmount!: number | null;
  @ApiProperty({ ...PART, description: 'T store’s part of the T membership' }) tmembershipAmount!: number | null;
  @ApiProperty({ type: String, nullable: true, description: 'The gateway’s id of the payment' })
  transactionId!: string | null;
  @ApiProperty({ type: String, nullable: true }) resultCode!: string | null;
  @ApiProperty({ type: String, nullable: true }) resultMessage!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Where the settlement log tells it' })
  settlementPosition!: string | null;
  @ApiProperty({ type: 'integer', nullable: true, description: 'Line of the result file that settled it' })
  resultLineNumber!: number | null;
  @ApiProperty({ type: String, nullable: true, description: 'The decided discrepancy that settled it' })
  discrepancyId!: string | null;
  @ApiProperty({ type: 'integer', description: 'Won given back' }) refundedAmount!: number;
  @ApiProperty({ type: 'integer', description: 'Won of a refund that has not ended' }) pendingRefundAmount!: number;
  @ApiProperty({ type: Date, nullable: true }) settledAt!: Date | null;
  @ApiProperty({
    type: String,
    enum: WITHDRAWAL_REASONS,
    nullable: true,
    description: 'Why it was taken out before it was sent',
  })
  withdrawnBecause!: WithdrawalReason | null;
  @ApiProperty() createdAt!: Date;
  @ApiProperty({ type: ChargeLinksView, description: 'Where its evidence is' }) links!: ChargeLinksView;
}

export function chargeViewOf(charge: ChargeRecord): ChargeView {
  const { billingTokenHash, isOwed, isByDeposit, gatewayActs, ...shown } = charge;
  return { ...shown, actions: actionsOf(charge), links: linksOf(charge) };
}

/** Only what its gateway can be asked for. Looking up changes nothing, but needs a transaction to ask for. Whether another attempt at its period is in the way, a rebill says itself. */
export function actionsOf({ transactionId, state, isOwed, gatewayActs }: ChargeRecord): string[] {
  const isRefundable = 'refund' in CHARGE_TRANSITIONS[state];
  return [
    ...(transactionId !== null && gatewayActs.includes('look-up') ? ['look-up'] : []),
    ...(isRefundable && gatewayActs.includes('refund') ? ['refund'] : []),
    ...(isOwed ? ['rebill'] : []),
  ];
}

function linksOf(charge: ChargeRecord): ChargeLinksView {
  const job = charge.bulkPaymentJobId === null ? null : `${ROOT}/bulk-payment-jobs/${charge.bulkPaymentJobId}`;
  const own = `${ROOT}/charges/${encodeURIComponent(charge.orderNo)}`;
  return {
    self: own,
    ...(job !== null && { job, requestFile: `${job}/request-file` }),
    discrepancies: `${ROOT}/discrepancies?orderNo=${encodeURIComponent(charge.orderNo)}`,
    ...(charge.subscriptionId !== null && { subscription: `${ROOT}/subscriptions/${charge.subscriptionId}` }),
    ...(charge.state !== 'Declined' && charge.transactionId !== null && { refunds: `${own}/refunds` }),
    ...(actionsOf(charge).includes('look-up') && { transaction: `${own}/transaction` }),
    ...(job === null && { exchanges: exchangesLinkOf(charge.orderNo) }),
    ...(charge.resultLineNumber !== null && { resultFile: `${job}/result-file` }),
    ...(charge.discrepancyId !== null && { decision: `${ROOT}/discrepancies/${charge.discrepancyId}` }),
    ...(charge.settlementPosition !== null && {
      settlement: `${ROOT}/settlement-log?after=${BigInt(charge.settlementPosition) - 1n}&limit=1`,
    }),
  };
}

class ComparedFieldView {
  @ApiProperty() field!: string;
  @ApiProperty({ oneOf: SCALAR, description: 'By our record' }) ours!: unknown;
  @ApiProperty({ oneOf: SCALAR, description: 'By the gateway’s' }) gateway!: unknown;
  @ApiProperty() same!: boolean;
}

export class ChargeTransactionView {
  @ApiProperty() orderNo!: string;
  @ApiProperty() transactionId!: string;
  @ApiProperty({ description: 'When the gateway was asked' }) at!: Date;
  @ApiProperty({ enum: LOOKUP_ANSWERS, description: LOOKUP_ANSWERS_IN_WORDS }) answer!: LookupAnswer;
  @ApiProperty({ type: FoundTransactionView, nullable: true, description: 'The payment as the gateway has it' })
  found!: FoundTransactionView | null;
  @ApiProperty({ type: String, nullable: true, description: 'Why there is none' }) message!: string | null;
  @ApiProperty({
    type: Boolean,
    nullable: true,
    description:
      'Whether nothing differs; null: the gateway said nothing of the payment, or nobody has named what its status means',
  })
  agrees!: boolean | null;
  @ApiProperty({ type: [ComparedFieldView], description: 'What both sides know, and whether it is the same' })
  fields!: ComparedFieldView[];
}

export function chargeTransactionViewOf({ charge, lookup, comparison }: ChargeTransaction): ChargeTransactionView {
  const { transactionId, at, answer, found, message } = lookup;
  return { orderNo: charge.orderNo, transactionId, at, answer, found, message, ...comparison };
}
