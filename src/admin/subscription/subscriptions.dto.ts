import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Length, ValidateNested } from 'class-validator';
import { MAX_PRODUCT_ID_LENGTH } from '../../gateways';
import type { SeoulDate } from '../../kernel/seoul-calendar';
import { statesOf } from '../../kernel/transitions';
import {
  MAX_CUSTOMER_REFERENCE_LENGTH,
  MAX_INTERVAL_MONTHS,
  SUBSCRIPTION_TRANSITIONS,
  type SubscriptionState,
} from '../../subscription';
import { IsId, IsSeoulDate, MayBeMissing, PriceBody, toBoolean } from '../frame/body-fields';
import { PageQuery } from '../frame/page';
import { IsIdentifier } from '../frame/text-fields';

const STATES = statesOf(SUBSCRIPTION_TRANSITIONS);
const TEXT = { message: 'text' };
const WHOLE = { message: 'a whole number' };
const PRICE = { message: 'amount; of T store’s also carrierAmount, creditCardAmount and tmembershipAmount' };

export class NewSubscriptionBody {
  @ApiProperty({ maxLength: MAX_CUSTOMER_REFERENCE_LENGTH, description: 'Your own name for the customer' })
  @IsIdentifier(MAX_CUSTOMER_REFERENCE_LENGTH)
  customerReference!: string;

  @ApiProperty({ example: '0910024116' })
  @IsIdentifier(MAX_PRODUCT_ID_LENGTH)
  storeProductId!: string;

  @ApiPropertyOptional({ description: 'T store’s, stored encrypted, never shown again; or a paymentMethodId' })
  @MayBeMissing()
  @IsString(TEXT)
  billingToken?: string;

  @ApiPropertyOptional({ description: 'The customer’s payment method, of any other gateway; or a billingToken' })
  @MayBeMissing()
  @IsId('the id of a payment method')
  paymentMethodId?: string;

  @ApiProperty({ type: String, format: 'date' })
  @IsSeoulDate()
  startedOn!: SeoulDate;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 31,
    description: 'Day of the first billing date unless stated',
  })
  @MayBeMissing()
  @IsInt(WHOLE)
  anchorDay?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_INTERVAL_MONTHS, default: 1 })
  @MayBeMissing()
  @IsInt(WHOLE)
  intervalMonths: number = 1;

  @ApiPropertyOptional({ type: String, format: 'date', description: 'First day that is not free any more' })
  @MayBeMissing()
  @IsSeoulDate()
  trialUntil?: SeoulDate;

  @ApiPropertyOptional({ type: String, format: 'date', description: 'First day the subscription is over' })
  @MayBeMissing()
  @IsSeoulDate()
  endsOn?: SeoulDate;

  @ApiPropertyOptional({
    type: String,
    format: 'date',
    description: 'First billing date, when it is neither the trial’s end nor the start',
  })
  @MayBeMissing()
  @IsSeoulDate()
  nextBillingOn?: SeoulDate;

  @ApiPropertyOptional({ type: PriceBody, description: 'This customer’s own price' })
  @MayBeMissing()
  @ValidateNested(PRICE)
  @Type(() => PriceBody)
  priceOverride?: PriceBody;
}

/** What is left out stays; `null` takes away. */
export class SubscriptionChangeBody {
  @ApiPropertyOptional({ description: 'Another product, from the next period on' })
  @MayBeMissing()
  @IsIdentifier(MAX_PRODUCT_ID_LENGTH)
  storeProductId?: string;

  @ApiPropertyOptional({ type: PriceBody, nullable: true, description: 'Own price; null: the product’s' })
  @IsOptional()
  @ValidateNested(PRICE)
  @Type(() => PriceBody)
  priceOverride?: PriceBody | null;

  @ApiPropertyOptional({ type: String, format: 'date', nullable: true, description: 'null: without end' })
  @IsOptional()
  @IsSeoulDate()
  endsOn?: SeoulDate | null;

  @ApiPropertyOptional({ description: 'false takes back a cancellation at the period’s end' })
  @MayBeMissing()
  @IsBoolean({ message: 'true or false' })
  cancelAtPeriodEnd?: boolean;
}

export class CancelBody {
  @ApiProperty({ enum: ['now', 'period-end'] })
  @IsIn(['now', 'period-end'], { message: 'now or period-end' })
  when!: 'now' | 'period-end';
}

export class BillingTokenBody {
  @ApiProperty({ description: 'Stored encrypted, never shown again' })
  @IsString(TEXT)
  billingToken!: string;
}

export class SubscriptionMethodBody {
  @ApiProperty({ description: 'The customer’s payment method, which may be charged' })
  @IsId('the id of a payment method')
  paymentMethodId!: string;
}

/** Which subscriptions. */
export class SubscriptionFilterQuery {
  @ApiPropertyOptional({ enum: STATES })
  @IsOptional()
  @IsIn(STATES, { message: `one of ${STATES.join(', ')}` })
  state?: SubscriptionState;

  @ApiPropertyOptional({ description: 'Your own name for the customer, in whatever spelling' })
  @IsOptional()
  @Length(1, MAX_CUSTOMER_REFERENCE_LENGTH, {
    message: `1 to ${MAX_CUSTOMER_REFERENCE_LENGTH} characters`,
  })
  customerReference?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsId('an id')
  productId?: string;

  @ApiPropertyOptional({ description: 'Those that wait for another payment method, or do not' })
  @IsOptional()
  @Transform(toBoolean)
  @IsBoolean({ message: 'true or false' })
  newMethodNeeded?: boolean;
}

export class SubscriptionListQuery extends IntersectionType(PageQuery, SubscriptionFilterQuery) {}
