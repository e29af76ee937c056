import { ApiProperty } from '@nestjs/swagger';
import { SETTLEMENT_KINDS, type SettlementLogEntry } from '../../charge';
import { GATEWAY_NAMES } from '../../gateways';
import { FirstColumns } from '../lists';

/** An entry of the settlement log, as it is stored. */
@FirstColumns(
  'settledAt',
  'orderNo',
  'customerReference',
  'productName',
  'kind',
  'amount',
  'transactionId',
  'resultMessage',
)
export class SettlementLogEntryView implements SettlementLogEntry {
  @ApiProperty() position!: string;
  @ApiProperty() settledAt!: Date;
  @ApiProperty({ enum: SETTLEMENT_KINDS }) kind!: SettlementLogEntry['kind'];
  @ApiProperty() orderNo!: string;
  @ApiProperty() chargeId!: string;
  @ApiProperty({ enum: GATEWAY_NAMES, description: 'Who collects it' }) gateway!: SettlementLogEntry['gateway'];
  @ApiProperty({ description: 'The gateway account it is collected by' }) gatewayAccount!: string;
  @ApiProperty({ type: String, nullable: true, description: 'null: of a charge in no job' })
  bulkPaymentJobId!: string | null;
  @ApiProperty({ type: String, nullable: true }) subscriptionId!: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Your own name for the customer; null: not known, or of an uploaded file',
  })
  customerReference!: string | null;
  @ApiProperty({ type: String, format: 'date', nullable: true }) periodStartOn!: string | null;
  @ApiProperty() storeProductId!: string;
  @ApiProperty() productName!: string;
  @ApiProperty({ type: 'integer', description: 'Won' }) amount!: SettlementLogEntry['amount'];
  @ApiProperty({ type: String, nullable: true }) transactionId!: string | null;
  @ApiProperty() resultCode!: string;
  @ApiProperty() resultMessage!: string;
  @ApiProperty({ type: 'integer', nullable: true }) resultLineNumber!: number | null;
  @ApiProperty({ type: String, nullable: true }) discrepancyId!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The refund it tells of' }) refundId!: string | null;
  @ApiProperty({ enum: ['Due', 'Delivered'], nullable: true, description: 'Of a paid one-time product only' })
  delivery!: SettlementLogEntry['delivery'];
}
