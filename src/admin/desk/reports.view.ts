import { ApiProperty } from '@nestjs/swagger';
import { GATEWAY_NAMES, type GatewayName } from '../../gateways';
import { statesOf } from '../../kernel/transitions';
import { TIE_OUT_TRANSITIONS, type TieOutState } from '../../tie-out';
import { FirstColumns } from '../lists';
import { TallyView } from '../frame/tally.view';

/** How the charges of some days ended. */
export class DayNumbersView {
  @ApiProperty({ type: 'integer', description: 'Jobs whose sending began then' }) jobs!: number;
  @ApiProperty({ type: TallyView, description: 'What gateways were asked to collect' }) requested!: TallyView;
  @ApiProperty({ type: TallyView, description: 'Paid by its result; acceptedPaid was collected too' }) paid!: TallyView;
  @ApiProperty({ type: TallyView, description: 'Declined by its result: the gateway said no' }) declined!: TallyView;
  @ApiProperty({ type: TallyView, description: 'Asked for, and no line of the result tells of them' })
  missing!: TallyView;
  @ApiProperty({ type: TallyView, description: 'Told of by lines that are not as asked; discrepancies' })
  quarantined!: TallyView;
  @ApiProperty({
    type: TallyView,
    description: 'Of the missing and quarantined: settled as paid by decision; collected, beside paid',
  })
  acceptedPaid!: TallyView;
  @ApiProperty({ type: TallyView, description: 'Of them: settled as declined by decision' })
  acceptedDeclined!: TallyView;
  @ApiProperty({ type: TallyView, description: 'Of them: decided that nothing follows' }) closed!: TallyView;
  @ApiProperty({ type: TallyView, description: 'Of them: nobody has decided yet' }) open!: TallyView;
  @ApiProperty({ type: TallyView, description: 'Of jobs that the gateway never took' }) failed!: TallyView;
  @ApiProperty({
    type: TallyView,
    description: 'Of the failed: the gateway was heard to have their jobs all the same, and may have taken this money',
  })
  contradicted!: TallyView;
  @ApiProperty({ type: TallyView, description: 'Their answer is not here yet, or not reconciled' }) awaited!: TallyView;
}

/** A Seoul day's numbers. */
@FirstColumns('day')
export class DayView extends DayNumbersView {
  @ApiProperty({ format: 'date', description: 'Seoul day' }) day!: string;
  @ApiProperty({ type: TallyView, description: 'Given back on that day, whenever it was paid; no part of requested' })
  refunded!: TallyView;
  @ApiProperty({ type: TallyView, description: 'Refunds, of whatever day, that were said on that day to be none' })
  reversed!: TallyView;
  @ApiProperty({
    description:
      'Whether requested is paid, declined, missing, quarantined, failed and awaited; and what people decided (acceptedPaid, acceptedDeclined, closed) and open are missing and quarantined; and nothing of failed is contradicted',
  })
  balanced!: boolean;
}

/** The days of an answer, added up. */
export class DaysTotalView extends DayNumbersView {
  @ApiProperty({ type: TallyView, description: 'Given back on these days' }) refunded!: TallyView;
  @ApiProperty({ type: TallyView, description: 'Refunds that were said on these days to be none' })
  reversed!: TallyView;
}

/** What charges and settlement log say of a job. */
class LoggedView {
  @ApiProperty({ type: TallyView, description: 'What T store was asked to collect' }) requested!: TallyView;
  @ApiProperty({ type: TallyView, description: 'Paid by lines of the result; acceptedPaid was collected too' })
  paid!: TallyView;
  @ApiProperty({ type: TallyView, description: 'Declined, by lines of the result' }) declined!: TallyView;
  @ApiProperty({ type: TallyView, description: 'Settled as paid by decision' }) acceptedPaid!: TallyView;
  @ApiProperty({ type: TallyView, description: 'Settled as declined by decision' }) acceptedDeclined!: TallyView;
  @ApiProperty({ type: TallyView, description: 'Closed by decision' }) closed!: TallyView;
}

/** What a job and its discrepancies say. */
class StatedView extends LoggedView {
  @ApiProperty({ type: TallyView, description: 'Without a line in the result' }) missing!: TallyView;
  @ApiProperty({ type: TallyView, description: 'With a discrepant line' }) quarantined!: TallyView;
  @ApiProperty({ type: TallyView, description: 'Of the missing and quarantined: nobody has decided yet' })
  open!: TallyView;
}

/** A settled job that does not add up, or says something else than charges and settlement log. */
export class UnbalancedJobView {
  @ApiProperty({ description: 'The job' }) jobId!: string;
  @ApiProperty({ type: StatedView, description: 'What the job says, with what people decided since' })
  stated!: StatedView;
  @ApiProperty({ type: LoggedView, description: 'What its charges and its entries of the settlement log add up to' })
  logged!: LoggedView;
}

class WonByMethodView {
  @ApiProperty({ type: 'integer', description: 'How many' }) count!: number;
  @ApiProperty({ type: 'integer', description: 'Won' }) amount!: number;
  @ApiProperty({ type: 'integer', description: 'Won of it that the carrier collects with the phone bill' })
  carrierAmount!: number;
  @ApiProperty({ type: 'integer', description: 'Won of it charged to credit cards' }) creditCardAmount!: number;
  @ApiProperty({ type: 'integer', description: 'Won of it taken from T memberships' }) tmembershipAmount!: number;
  @ApiProperty({ type: 'integer', description: 'Won of it that other gateways than T store collect' })
  otherAmount!: number;
}

class RefundedView extends WonByMethodView {
  @ApiProperty({
    type: 'integer',
    description: 'Won of partial refunds of payments by several methods: T store divides them, and does not say how',
  })
  undividedAmount!: number;
  @ApiProperty({ type: TallyView, description: 'Those that gave back all of a payment at once' }) full!: TallyView;
  @ApiProperty({ type: TallyView, description: 'Those that gave back a part, be it the last' }) part!: TallyView;
}

/** What months brought of products. */
export class MonthTotalView {
  @ApiProperty({ type: WonByMethodView, description: 'Payments settled in the month' }) collected!: WonByMethodView;
  @ApiProperty({ type: TallyView, description: 'Declines settled in the month' }) declined!: TallyView;
  @ApiProperty({ type: RefundedView, description: 'Given back in the month, whenever it was paid' })
  refunded!: RefundedView;
  @ApiProperty({ type: TallyView, description: 'Refunds, of whatever month, that were said in the month to be none' })
  reversed!: TallyView;
  @ApiProperty({
    type: 'integer',
    description: 'Won collected less won refunded, and won reversed; before fees, VAT included',
  })
  netAmount!: number;
}

/** A product in a Seoul month, under the name it was charged by. */
@FirstColumns('month', 'storeProductId', 'productName')
export class ProductMonthView extends MonthTotalView {
  @ApiProperty({ example: '2026-11', description: 'Seoul month' }) month!: string;
  @ApiProperty({
    example: '0910024116',
    description: 'T store’s id of the product, or what another gateway was told of it',
  })
  storeProductId!: string;
  @ApiProperty({ example: '동영상 클라우드 어린이TV', description: 'As it was charged' }) productName!: string;
}

const WON = { type: 'integer' } as const;

/** A day of an account, in won, by its gateway's own lists. */
@FirstColumns('day', 'gatewayAccount', 'collected', 'refunded', 'fees', 'payOut', 'paidOut')
export class GatewayDayView {
  @ApiProperty({ format: 'date', description: 'Seoul day' }) day!: string;
  @ApiProperty({ enum: GATEWAY_NAMES }) gateway!: GatewayName;
  @ApiProperty({ description: 'The gateway account' }) gatewayAccount!: string;
  @ApiProperty({
    type: String,
    enum: statesOf(TIE_OUT_TRANSITIONS),
    nullable: true,
    description: 'How far it is held against the lists; null: not begun',
  })
  tieOut!: TieOutState | null;
  @ApiProperty({ ...WON, description: 'Won that customers paid, by the gateway’s list' }) collected!: number;
  @ApiProperty({ ...WON, description: 'The same by our record' }) collectedHere!: number;
  @ApiProperty({ ...WON, description: 'Won given back, by the gateway’s list' }) refunded!: number;
  @ApiProperty({ ...WON, description: 'The same by our record' }) refundedHere!: number;
  @ApiProperty({ ...WON, description: 'Fees of the day’s sales; those of refunds taken off' }) fees!: number;
  @ApiProperty({ ...WON, description: 'What is or will be paid out for the day’s sales' }) payOut!: number;
  @ApiProperty({ ...WON, description: 'What is paid out on the day, for whichever sales' }) paidOut!: number;
  @ApiProperty({ type: 'integer', description: 'What differs and waits for a person' }) openDifferences!: number;
}
