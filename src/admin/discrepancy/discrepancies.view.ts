import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { DISCREPANCY_TRANSITIONS, type DiscrepancyLookup, type DiscrepancyRecord } from '../../bulk-payment';
import { LOOKUP_ANSWERS, type LookupAnswer } from '../../transaction-lookup';
import { FoundTransactionView, LOOKUP_ANSWERS_IN_WORDS } from '../charge/found-transaction.view';
import { FirstColumns } from '../lists';

/** What is compared of a charge and its line; a line that can't be read has a reason instead. */
class ComparedView {
  @ApiPropertyOptional() merchantId?: string;
  @ApiPropertyOptional() storeProductId?: string;
  @ApiPropertyOptional({ description: 'Whether the line has the billing token that was asked with' })
  billingTokenMatches?: boolean;
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

/** Where its evidence is; what there is none of is left out. */
class DiscrepancyLinksView {
  @ApiProperty({ description: 'With what T store said of it' }) self!: string;
  @ApiProperty() job!: string;
  @ApiProperty() requestFile!: string;
  @ApiProperty() resultFile!: string;
  @ApiPropertyOptional() charge?: string;
}

@FirstColumns('createdAt', 'orderNo', 'kind', 'state', 'expected.amount', 'found.amount')
export class DiscrepancyView {
  @ApiProperty() id!: string;
  @ApiProperty() jobId!: string;
  @ApiProperty() kind!: string;
  @ApiProperty({ enum: Object.keys(DISCREPANCY_TRANSITIONS) }) state!: string;
  @ApiProperty({ type: [String], description: 'What may be done with it now' }) actions!: string[];
  @ApiProperty({ type: DiscrepancyLinksView, description: 'Where its evidence is' }) links!: DiscrepancyLinksView;
  @ApiProperty({ type: String, nullable: true }) chargeId!: string | null;
  @ApiProperty({ type: String, nullable: true }) orderNo!: string | null;
  @ApiProperty({ type: 'integer', nullable: true, description: 'Line of the result file' }) lineNumber!: number | null;
  @ApiProperty({ type: ComparedView, nullable: true, description: 'What was asked' }) expected!: ComparedView | null;
  @ApiProperty({ type: ComparedView, nullable: true, description: 'What the line says' }) found!: ComparedView | null;
  @ApiProperty({ type: String, nullable: true, description: 'The line as it came, its billing token cut short' })
  rawLine!: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The order that the payment which its line names has settled, where that is another one',
  })
  settledInstead!: string | null;
  @ApiProperty() createdAt!: Date;
  @ApiProperty({ type: DecisionView, nullable: true, description: 'Who decided what, when and why' })
  decision!: DecisionView | null;
  @ApiProperty({ description: 'Changes with it; also its ETag' }) version!: string;
}

export function discrepancyViewOf(discrepancy: DiscrepancyRecord): DiscrepancyView {
  const { id, kind, state, orderNo, lineNumber, expected, found, rawLine, chargeId, createdAt } = discrepancy;
  const { bulkPaymentJobId: jobId, decidedAt: at, decidedBy: by, decisionReason: reason, acceptedAs } = discrepancy;
  return {
    ...{ id, jobId, kind, state, actions: actionsOf(discrepancy), links: linksOf(discrepancy) },
    ...{
      chargeId,
      orderNo,
      lineNumber,
      expected,
      found,
      rawLine,
      settledInstead: discrepancy.settledInstead,
      createdAt,
    },
    decision: at === null ? null : { at, by, reason, acceptedAs },
    version: discrepancy.version,
  };
}

function linksOf({ id, bulkPaymentJobId, chargeId, orderNo }: DiscrepancyRecord): DiscrepancyLinksView {
  const job = `/admin/v1/bulk-payment-jobs/${bulkPaymentJobId}`;
  const isOfCharge = chargeId !== null && orderNo !== null;
  return {
    self: `/admin/v1/discrepancies/${id}`,
    job,
    requestFile: `${job}/request-file`,
    resultFile: `${job}/result-file`,
    ...(isOfCharge && { charge: `/admin/v1/charges/${encodeURIComponent(orderNo)}` }),
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
  @ApiProperty({ enum: LOOKUP_ANSWERS, description: LOOKUP_ANSWERS_IN_WORDS }) answer!: LookupAnswer;
  @ApiProperty({ type: FoundTransactionView, nullable: true, description: 'The payment as T store has it' })
  found!: FoundTransactionView | null;
  @ApiProperty({ type: String, nullable: true }) message!: string | null;
  @ApiProperty({ description: 'The decision this answer suggests' }) suggestion!: string;
}

export class DiscrepancyDetailView extends DiscrepancyView {
  @ApiProperty({ type: [LookupView], description: 'What T store said of it, latest first' }) lookups!: LookupView[];
}

export function lookupViewOf(lookup: DiscrepancyLookup): LookupView {
  const { at, actor, transactionId, answer, found, message, suggestion } = lookup;
  return { at, actor, transactionId, answer, found, message, suggestion };
}
