import { ApiProperty } from '@nestjs/swagger';

/** A part of a payment or of a refund, by who collects it. */
export class PaymentPartView {
  @ApiProperty({ description: 'T store’s code of the payment method' }) method!: string;
  @ApiProperty({ type: 'integer', description: 'Won' }) amount!: number;
}

class GoodsView {
  @ApiProperty() appId!: string;
  @ApiProperty() productId!: string;
}

/** A payment as T store has it; what it does not explain is shown as it came. */
export class FoundTransactionView {
  @ApiProperty() transactionId!: string;
  @ApiProperty({ type: 'integer', description: 'Won' }) amount!: number;
  @ApiProperty({
    type: Boolean,
    required: false,
    nullable: true,
    description: 'Whether something of it was given back; null: nobody has set T store’s words for that',
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
      'SHA-256 of the billing token that was charged, where T store names it (TSTORE_AUTH_KEY_IS_BILLING_TOKEN)',
  })
  billingTokenHash?: string;
}
