import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

const OF_FILES = { type: String, nullable: true, description: 'null: the charge is in no job' } as const;

class ChargedTwiceEvidenceView {
  @ApiProperty() orderNo!: string;
  @ApiProperty(OF_FILES) jobId!: string | null;
  @ApiProperty({ type: 'integer', description: 'Won' }) amount!: number;
  @ApiProperty({ description: 'The job whose result has the payments' }) resultOfJobId!: string;
  @ApiProperty({ type: [String] }) transactionIds!: string[];
}

class PeriodPaymentView {
  @ApiProperty() orderNo!: string;
  @ApiProperty(OF_FILES) jobId!: string | null;
  @ApiProperty({ type: 'integer', description: 'Won' }) amount!: number;
  @ApiProperty({ type: String, nullable: true }) transactionId!: string | null;
  @ApiProperty({ description: 'In the settlement log' }) position!: string;
}

class PeriodPaidTwiceEvidenceView {
  @ApiProperty({ format: 'date' }) periodStartOn!: string;
  @ApiProperty({ type: [PeriodPaymentView] }) payments!: PeriodPaymentView[];
}

class TakenChargeView {
  @ApiProperty() orderNo!: string;
  @ApiProperty({ description: 'The job that failed here' }) jobId!: string;
  @ApiProperty({ type: 'integer', description: 'Won' }) amount!: number;
  @ApiProperty({ description: 'As which the gateway has it' }) gatewayJobId!: string;
}

class PaidBesideTakenEvidenceView extends PeriodPaidTwiceEvidenceView {
  @ApiProperty({ type: TakenChargeView, description: 'The other charge of the period, which the gateway has too' })
  taken!: TakenChargeView;
}

class GivenBackView {
  @ApiProperty() refundId!: string;
  @ApiProperty({ type: 'integer', description: 'Won' }) amount!: number;
  @ApiProperty({ description: 'In the settlement log' }) position!: string;
}

class RefundedTooMuchEvidenceView {
  @ApiProperty() orderNo!: string;
  @ApiProperty(OF_FILES) jobId!: string | null;
  @ApiProperty({ type: 'integer', description: 'Won' }) paid!: number;
  @ApiProperty({ type: [GivenBackView] }) refunds!: GivenBackView[];
}

class PaymentRefundedTooMuchEvidenceView {
  @ApiProperty() transactionId!: string;
  @ApiProperty({ type: 'integer', description: 'Won' }) paid!: number;
  @ApiProperty({ type: 'integer', description: 'Won' }) givenBack!: number;
}

class UnreceivedRefundEvidenceView {
  @ApiProperty() refundId!: string;
  @ApiProperty() orderNo!: string;
  @ApiProperty({ type: 'integer', description: 'Won' }) amount!: number;
}

class RefundNotPaidOutEvidenceView extends UnreceivedRefundEvidenceView {
  @ApiProperty({ description: 'How far the transfer to the customer’s account is, by the gateway’s own word' })
  transferStatus!: string;
}

class RefundNotMadeEvidenceView extends UnreceivedRefundEvidenceView {
  @ApiProperty({ type: String, nullable: true, description: 'The gateway’s id of it, as persons said' })
  refundTransactionId!: string | null;
}

class SettledOrderView {
  @ApiProperty() orderNo!: string;
  @ApiProperty(OF_FILES) jobId!: string | null;
  @ApiProperty({ type: 'integer', description: 'Won' }) amount!: number;
  @ApiProperty({ description: 'In the settlement log' }) position!: string;
}

class TransactionSettledTwiceEvidenceView {
  @ApiProperty() transactionId!: string;
  @ApiProperty({ type: [SettledOrderView], description: 'The charges that were settled by it' })
  orders!: SettledOrderView[];
}

class DeclinedWithTransactionEvidenceView {
  @ApiProperty() orderNo!: string;
  @ApiProperty() jobId!: string;
  @ApiProperty({ type: 'integer', description: 'Won' }) amount!: number;
  @ApiProperty({ type: [String], description: 'By its result lines' }) namedTransactionIds!: string[];
  @ApiProperty({ description: 'In the settlement log' }) position!: string;
}

class PaidAfterAllEvidenceView {
  @ApiProperty() orderNo!: string;
  @ApiProperty(OF_FILES) jobId!: string | null;
  @ApiProperty({ type: 'integer', description: 'Won' }) amount!: number;
  @ApiProperty({ description: 'The payment that the gateway has' }) transactionId!: string;
  @ApiProperty({ type: 'integer', description: 'Won, as the gateway has it' }) foundAmount!: number;
}

class DepositTakenBackEvidenceView {
  @ApiProperty() orderNo!: string;
  @ApiProperty(OF_FILES) jobId!: string | null;
  @ApiProperty({ type: 'integer', description: 'Won' }) amount!: number;
  @ApiProperty({ description: 'The payment that was settled' }) transactionId!: string;
  @ApiProperty({ description: 'The gateway’s own word for what has become of it' }) foundAs!: string;
}

class ChargedCustomerView {
  @ApiProperty() subscriptionId!: string;
  @ApiProperty() customerReference!: string;
  @ApiProperty() orderNo!: string;
  @ApiProperty({ type: 'integer', description: 'Won' }) amount!: number;
  @ApiProperty({ format: 'date' }) periodStartOn!: string;
}

class CustomerChargedTwiceEvidenceView {
  @ApiProperty() storeProductId!: string;
  @ApiProperty({
    type: [ChargedCustomerView],
    description:
      'One customer, by each spelling of the name or by one billing token: all who paid before, and the one that is parked last',
  })
  customers!: ChargedCustomerView[];
}

/** Of before names had one spelling; nothing was compared but the names. */
class CustomerStandsTwiceEvidenceView {
  @ApiProperty({ type: [String], description: 'All subscriptions of the customer and the product' })
  subscriptionIds!: string[];
}

/** A number of charges and their won. */
const COUNT_AND_WON = { type: 'array', items: { type: 'integer' }, minItems: 2, maxItems: 2 } as const;

class FoundNumbersView {
  @ApiProperty(COUNT_AND_WON) requested!: number[];
  @ApiProperty(COUNT_AND_WON) paid!: number[];
  @ApiProperty(COUNT_AND_WON) declined!: number[];
  @ApiProperty({ ...COUNT_AND_WON, description: 'Settled as paid by decision' }) acceptedPaid!: number[];
  @ApiProperty({ ...COUNT_AND_WON, description: 'Settled as declined by decision' }) acceptedDeclined!: number[];
  @ApiProperty({ ...COUNT_AND_WON, description: 'Closed by decision' }) closed!: number[];
}

class StatedNumbersView extends FoundNumbersView {
  @ApiProperty(COUNT_AND_WON) missing!: number[];
  @ApiProperty(COUNT_AND_WON) quarantined!: number[];
  @ApiProperty({ ...COUNT_AND_WON, description: 'Missing or quarantined, and not decided' }) open!: number[];
}

class NumbersDifferEvidenceView {
  @ApiProperty({ type: StatedNumbersView, description: 'What the job says' }) stated!: StatedNumbersView;
  @ApiProperty({ type: FoundNumbersView, description: 'What charges and settlement log say' }) found!: FoundNumbersView;
}

class GatewayContradictsEvidenceView {
  @ApiProperty({ description: 'The id T store names' }) gatewayJobId!: string;
  @ApiProperty({ description: 'Where it was heard' }) from!: string;
  @ApiProperty({ type: String, nullable: true, description: 'The id we know' }) known!: string | null;
  @ApiProperty({ type: String, nullable: true }) failureReason!: string | null;
}

class AlikeCustomerView {
  @ApiProperty() subscriptionId!: string;
  @ApiProperty() customerReference!: string;
}

class UnbillableEvidenceView {
  @ApiProperty() orderNo!: string;
  @ApiProperty({ format: 'date' }) periodStartOn!: string;
  @ApiProperty({ type: 'integer', description: 'Won' }) amount!: number;
  @ApiProperty({ description: 'Why it can’t be charged' }) reason!: string;
  @ApiPropertyOptional({
    type: [AlikeCustomerView],
    description: 'Where days are charged already: by whom, all of them, and the one that is parked last',
  })
  customers?: AlikeCustomerView[];
}

class UnwritableReasonView {
  @ApiProperty() reason!: string;
  @ApiProperty({ type: 'integer' }) count!: number;
  @ApiProperty({ description: 'Of one of them' }) orderNo!: string;
}

class UnwritableEvidenceView {
  @ApiProperty({ description: 'The job whose request file was to carry them' }) setAsideFromJobId!: string;
  @ApiProperty({ type: 'integer', description: 'Charges' }) count!: number;
  @ApiProperty({ type: 'integer', description: 'Won' }) amount!: number;
  @ApiProperty({ type: [UnwritableReasonView], description: 'Why no request file can carry them' })
  reasons!: UnwritableReasonView[];
}

/** What shows a violation, by its kind. */
export const LINE_STOP_EVIDENCE = [
  ChargedTwiceEvidenceView,
  PeriodPaidTwiceEvidenceView,
  PaidBesideTakenEvidenceView,
  CustomerChargedTwiceEvidenceView,
  CustomerStandsTwiceEvidenceView,
  TransactionSettledTwiceEvidenceView,
  DeclinedWithTransactionEvidenceView,
  PaidAfterAllEvidenceView,
  DepositTakenBackEvidenceView,
  RefundedTooMuchEvidenceView,
  PaymentRefundedTooMuchEvidenceView,
  RefundNotMadeEvidenceView,
  RefundNotPaidOutEvidenceView,
  NumbersDifferEvidenceView,
  GatewayContradictsEvidenceView,
  UnbillableEvidenceView,
  UnwritableEvidenceView,
];
