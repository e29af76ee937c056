import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsDefined, IsIn, IsOptional, ValidateNested } from 'class-validator';
import { MAX_PRODUCT_ID_LENGTH, MAX_PRODUCT_NAME_LENGTH } from '../../gateways';
import { MayBeEmpty, MayBeMissing, PriceBody, toBoolean } from '../frame/body-fields';
import { PageQuery } from '../frame/page';
import { IsAccountId, IsIdentifier, IsLine } from '../frame/text-fields';

const MAX_BILLING_GROUP_LENGTH = 40;
const PRICE = { message: 'amount; of T store’s also carrierAmount, creditCardAmount and tmembershipAmount' };

export class NewProductBody {
  @ApiProperty({
    example: '0910024116',
    description: 'The product’s id at T store; your own where another gateway collects it',
  })
  @IsIdentifier(MAX_PRODUCT_ID_LENGTH)
  storeProductId!: string;

  @ApiProperty({ example: '동영상 클라우드 어린이TV' })
  @IsLine(MAX_PRODUCT_NAME_LENGTH)
  name!: string;

  @ApiProperty({ type: PriceBody })
  @IsDefined(PRICE)
  @ValidateNested(PRICE)
  @Type(() => PriceBody)
  price!: PriceBody;

  @ApiPropertyOptional({ default: 'tstore', description: 'The gateway account that collects it' })
  @MayBeMissing()
  @IsAccountId()
  gatewayAccount?: string;
}

export class ProductChangeBody {
  @ApiPropertyOptional()
  @MayBeMissing()
  @IsLine(MAX_PRODUCT_NAME_LENGTH)
  name?: string;

  @ApiPropertyOptional({ type: PriceBody, description: 'As a whole; charged from the next period on' })
  @MayBeMissing()
  @IsDefined(PRICE)
  @ValidateNested(PRICE)
  @Type(() => PriceBody)
  price?: PriceBody;

  @ApiPropertyOptional({ description: 'An inactive product is neither sold nor billed' })
  @MayBeMissing()
  @IsBoolean({ message: 'true or false' })
  active?: boolean;

  @ApiPropertyOptional({
    maxLength: MAX_BILLING_GROUP_LENGTH,
    description: 'Products of one group share bulk payment jobs; empty is a group',
  })
  @MayBeMissing()
  @MayBeEmpty()
  @IsLine(MAX_BILLING_GROUP_LENGTH)
  billingGroup?: string;

  @ApiPropertyOptional({ description: 'The account of the same gateway that collects it from the next run on' })
  @MayBeMissing()
  @IsAccountId()
  gatewayAccount?: string;
}

export class ProductListQuery extends PageQuery {
  @ApiPropertyOptional({ type: Boolean })
  @IsOptional()
  @Transform(toBoolean)
  @IsIn([true, false], { message: 'true or false' })
  active?: boolean;
}
