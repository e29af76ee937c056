import { ApiProperty } from '@nestjs/swagger';
import { PAYMENT_STANDINGS, type PaymentStanding } from '../../gateways';

/** Of whatever was looked up. */
export const LOOKUP_ANSWERS_IN_WORDS =
  'not-found: it has no such payment. refused: it said no for another reason; unknown: it could not be asked; both decide nothing';

/** A part of a payment or of a refund, by who collects it. */
export class PaymentPartView {
  @ApiProperty({ description: 'The gateway’s code of the payment method' }) method!: string;
  @ApiProperty({ type: 'integer', description: 'Won' }) amount!: number;
}

class GoodsView {
  @ApiProperty() appId!: string;
  @ApiProperty() productId!: string;
}

class AskedRefundView {
  @ApiProperty({ type: 'integer', description: 'Won' }) amount!: number;
  @ApiProperty({ description: 'As it was given with it: a refund of ours is known by it' }) note!: string;
  @ApiProperty({ description: 'Whether it may still be given; else it will not be' }) isUnderWay!: boolean;
}

class FoundRefundView {
  @ApiProperty({ description: 'The gateway’s id of it' }) refundTransactionId!: string;
  @ApiProperty({ type: 'integer', description: 'Won' }) amount!: number;
  @ApiProperty({ description: 'As it was given with it; ours is by this' }) note!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) at!: string | null;
}

/** A payment as the gateway has it; what it does not explain is shown as it came. */
export class FoundTransactionView {
  @ApiProperty() transactionId!: string;
  @ApiProperty({ type: 'integer', description: 'Won' }) amount!: number;
  @ApiProperty({
    type: Boolean,
    required: false,
    nullable: true,
    description: 'Whether something of it was given back; null: nobody has set the gateway’s words for that',
  })
  isRefunded?: boolean | null;

  @ApiProperty({ required: false, description: 'Whether its status is one of TSTORE_PAID_STATUSES' })
  isPaid?: boolean;

  @ApiProperty() status!: string;
  @ApiProperty() reason!: string;
  @ApiProperty() message!: string;
  @ApiProperty() description!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) updatedAt!: string | null;
  @ApiProperty({ type: [PaymentPartView] }) paymentParts!: PaymentPartView[];
  @ApiProperty({ type: [GoodsView] }) goods!: GoodsView[];
  @ApiProperty({
    required: false,
    description:
      'SHA-256 of the billing token that was charged, where the gateway names it (TSTORE_AUTH_KEY_IS_BILLING_TOKEN)',
  })
  billingTokenHash?: string;

  @ApiProperty({ required: false, description: 'Our name of it, where the gateway knows that' }) orderNo?: string;
  @ApiProperty({ required: false, description: 'Where the gateway takes more than won; then amounts of others are 0' })
  currency?: string;
  @ApiProperty({ required: false, enum: PAYMENT_STANDINGS, description: 'How far it is, where its status is known' })
  standing?: PaymentStanding;
  @ApiProperty({
    required: false,
    type: 'integer',
    description: 'Won that can still be given back, where the gateway tells',
  })
  balance?: number;
  @ApiProperty({
    required: false,
    type: [FoundRefundView],
    description: 'What was given back, where the gateway lists it',
  })
  refunds?: FoundRefundView[];

  @ApiProperty({
    required: false,
    type: [AskedRefundView],
    description: 'What the gateway was asked to give back and has not, where it takes its time for that and lists it',
  })
  askedRefunds?: AskedRefundView[];

  @ApiProperty({
    required: false,
    description: 'How far the transfer to an account is of what was given back, by the gateway’s own word',
  })
  transferStatus?: string;
}
