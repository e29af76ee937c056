import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsDefined,
  IsIn,
  IsInt,
  IsOptional,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { ORDER_TRANSITIONS, type OrderState } from '../../order';
import { statesOf } from '../../kernel/transitions';
import { MAX_CHARGE_WON, wonInWords, type Won } from '../../kernel/won';
import { IsId, MayBeMissing } from '../frame/body-fields';
import { PageOfDays } from '../frame/days.dto';
import {
  IsAccountId,
  IsEmailAddress,
  IsIdentifier,
  IsLine,
  IsWebAddress,
  MAX_REFERENCE_LENGTH,
} from '../frame/text-fields';

const STATES = statesOf(ORDER_TRANSITIONS);
/** The shortest of what gateways take. */
const MAX_NAME_LENGTH = 100;
const MAX_ITEMS = 100;
const MAX_QUANTITY = 10_000;
/** A day and a half: who pays later orders anew. */
const MAX_MINUTES = 2_160;
const DEFAULT_MINUTES = 30;

const IsAmount = (least: number): PropertyDecorator => {
  const message = `whole won, ${least} to ${wonInWords(MAX_CHARGE_WON)}`;
  return (target, name) => {
    for (const rule of [IsInt({ message }), Min(least, { message }), Max(MAX_CHARGE_WON, { message })]) {
      rule(target, name);
    }
  };
};

const WON = { type: 'integer', minimum: 1, maximum: MAX_CHARGE_WON } as const;

export class OrderItemBody {
  @ApiPropertyOptional({ description: 'A product of the catalogue, at its price' })
  @MayBeMissing()
  @IsId('the id of a product')
  productId?: string;

  @ApiPropertyOptional({ description: 'What it is called; the product’s name without it' })
  @MayBeMissing()
  @IsLine(MAX_NAME_LENGTH)
  name?: string;

  @ApiPropertyOptional({ ...WON, description: 'Won for one; only of what is no product' })
  @MayBeMissing()
  @IsAmount(1)
  unitAmount?: Won;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_QUANTITY, default: 1, description: 'How many' })
  @MayBeMissing()
  @IsInt({ message: `1 to ${MAX_QUANTITY}` })
  @Min(1, { message: `1 to ${MAX_QUANTITY}` })
  @Max(MAX_QUANTITY, { message: `1 to ${MAX_QUANTITY}` })
  quantity: number = 1;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, default: 0, description: 'Won of all of them that bear no VAT' })
  @MayBeMissing()
  @IsAmount(0)
  taxFreeAmount: Won = 0 as Won;
}

export class OrderCustomerBody {
  @ApiPropertyOptional({ description: 'Your own name for the customer' })
  @MayBeMissing()
  @IsIdentifier(MAX_REFERENCE_LENGTH)
  reference?: string;

  @ApiPropertyOptional({ description: 'In the payment window' })
  @MayBeMissing()
  @IsLine(MAX_NAME_LENGTH)
  name?: string;

  @ApiPropertyOptional({ description: 'Where the gateway sends its receipt' })
  @MayBeMissing()
  @IsEmailAddress()
  email?: string;
}

export class NewOrderBody {
  @ApiProperty({
    maxLength: MAX_REFERENCE_LENGTH,
    description: 'What you call it: the same one again is the same order',
  })
  @IsIdentifier(MAX_REFERENCE_LENGTH)
  reference!: string;

  @ApiProperty({ description: 'The gateway account that collects it' })
  @IsAccountId()
  gatewayAccount!: string;

  @ApiProperty({ example: '문구 세트', description: 'In the payment window and on receipts' })
  @IsLine(MAX_NAME_LENGTH)
  name!: string;

  @ApiProperty({ type: [OrderItemBody], description: 'What is bought' })
  @IsArray({ message: 'a list of items' })
  @ArrayMinSize(1, { message: 'at least one item' })
  @ArrayMaxSize(MAX_ITEMS, { message: `at most ${MAX_ITEMS} items` })
  @ValidateNested({ each: true })
  @Type(() => OrderItemBody)
  items!: OrderItemBody[];

  @ApiProperty({ ...WON, description: 'Won that you expect them to cost; another sum is refused' })
  @IsAmount(1)
  amount!: Won;

  @ApiPropertyOptional({ type: OrderCustomerBody, description: 'Who buys it; a guest without it' })
  @MayBeMissing()
  @IsDefined({ message: 'reference, name and email' })
  @ValidateNested()
  @Type(() => OrderCustomerBody)
  customer: OrderCustomerBody = {};

  @ApiProperty({ description: 'Where the customer comes back to; order and state are added as ?order=…&state=…' })
  @IsWebAddress()
  returnUrl!: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MAX_MINUTES,
    default: DEFAULT_MINUTES,
    description: 'Minutes in which it can be paid',
  })
  @MayBeMissing()
  @IsInt({ message: `minutes, 1 to ${MAX_MINUTES}` })
  @Min(1, { message: `minutes, 1 to ${MAX_MINUTES}` })
  @Max(MAX_MINUTES, { message: `minutes, 1 to ${MAX_MINUTES}` })
  expiresInMinutes: number = DEFAULT_MINUTES;
}

export class OrderListQuery extends PageOfDays('Made') {
  @ApiPropertyOptional({ enum: STATES })
  @IsOptional()
  @IsIn(STATES, { message: `one of ${STATES.join(', ')}` })
  state?: OrderState;

  @ApiPropertyOptional()
  @IsOptional()
  @IsIdentifier(MAX_REFERENCE_LENGTH)
  customerReference?: string;

  @ApiPropertyOptional({ description: 'Collected by this gateway account' })
  @IsOptional()
  @IsAccountId()
  gatewayAccount?: string;
}
