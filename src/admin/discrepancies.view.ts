import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { DISCREPANCY_TRANSITIONS, type DiscrepancyLookup, type DiscrepancyRecord } from '../bulk-payment';

/** What is compared of a charge and its line; a line that can't be read has a reason instead. */
class ComparedView {
  @ApiPropertyOptional() merchantId?: string;
  @ApiPropertyOptional() storeProductId?: string;
  @ApiPropertyOptional({ type: 'integer', description: 'Won' }) amount?: number;
  @ApiPropertyOptional({ type: 'integer' }) carrierAmount?: number;
  @ApiPropertyOptional({ type: 'integer' }) creditCardAmount?: number;
  @ApiPropertyOptional({ type: 'integer' }) tmembershipAmount?: number;
  @ApiPropertyOptional() resultCode?: string;
  @ApiPropertyOptional({ type: String, nullable: true }) transactionId?: string | null;
  @ApiPropertyOptional({ description: 'Why the line can’t be read' }) reason?: string;
}

class DecisionView {
  @ApiProperty() at!: Date;
  @ApiProperty({ type: String, nullable: true }) by!: string | null;
  @ApiProperty({ type: String, nullable: true }) reason!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'paid or declined, where it was accepted' })
  acceptedAs!: string | null;
}

export class DiscrepancyView {
  @ApiProperty() id!: string;
  @ApiProperty() jobId!: string;
  @ApiProperty() kind!: string;
  @ApiProperty({ enum: Object.keys(DISCREPANCY_TRANSITIONS) }) state!: string;
  @ApiProperty({ type: [String], description: 'What may be done with it now' }) actions!: string[];
  @ApiProperty({ type: String, nullable: true }) chargeId!: string | null;
  @ApiProperty({ type: String, nullable: true }) orderNo!: string | null;
  @ApiProperty({ type: Number, nullable: true, description: 'Line of the result file' }) lineNumber!: number | null;
  @ApiProperty({ type: ComparedView, nullable: true, description: 'What was asked' }) expected!: ComparedView | null;
  @ApiProperty({ type: ComparedView, nullable: true, description: 'What the line says' }) found!: ComparedView | null;
  @ApiProperty({ type: String, nullable: true, description: 'The line as it came, its billing token cut short' })
  rawLine!: string | null;
  @ApiProperty() createdAt!: Date;
  @ApiProperty({ type: DecisionView, nullable: true, description: 'Who decided what, when and why' })
  decision!: DecisionView | null;
}

export function discrepancyViewOf(discrepancy: DiscrepancyRecord): DiscrepancyView {
  const { id, kind, state, orderNo, lineNumber, expected, found, rawLine, chargeId, createdAt } = discrepancy;
  const { bulkPaymentJobId: jobId, decidedAt: at, decidedBy: by, decisionReason: reason, acceptedAs } = discrepancy;
  return {
    ...{
      id,
      jobId,
      kind,
      state,
      actions: actionsOf(discrepancy),
      chargeId,
      orderNo,
      lineNumber,
      expected,
      found,
      rawLine,
    },
    createdAt,
    decision: at === null ? null : { at, by, reason, acceptedAs },
  };
}

/** Looking up changes nothing, so it is always allowed; only what names a charge can be accepted. */
function actionsOf({ state, chargeId }: DiscrepancyRecord): string[] {
  const events = Object.keys(DISCREPANCY_TRANSITIONS[state]);
  return ['lookup', ...events.filter((event) => event !== 'accept' || chargeId !== null)];
}

export class LookupView {
  @ApiProperty() at!: Date;
  @ApiProperty() actor!: string;
  @ApiProperty() transactionId!: string;
  @ApiProperty({ enum: ['found', 'refused', 'unknown'] }) answer!: string;
  @ApiProperty({ type: Object, nullable: true, description: 'The payment as T store has it' }) found!: object | null;
  @ApiProperty({ type: String, nullable: true }) message!: string | null;
  @ApiProperty({ description: 'The decision this answer suggests' }) suggestion!: string;
}

export function lookupViewOf(lookup: DiscrepancyLookup): LookupView {
  const { at, actor, transactionId, answer, found, message, suggestion } = lookup;
  return { at, actor, transactionId, answer, found, message, suggestion };
}
