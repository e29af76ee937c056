import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsDefined, IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { MayBeMissing, PriceBody, toBoolean } from './body-fields';
import { PageQuery } from './bulk-payment-jobs.dto';

const TEXT = { message: 'text' };
const PRICE = { message: 'amount, carrierAmount, creditCardAmount and tmembershipAmount' };

export class NewProductBody {
  @ApiProperty({ example: '0910024116', description: 'The product’s id at T store' })
  @IsString(TEXT)
  storeProductId!: string;

  @ApiProperty({ example: '동영상 클라우드 어린이TV' })
  @IsString(TEXT)
  name!: string;

  @ApiProperty({ type: PriceBody })
  @IsDefined(PRICE)
  @ValidateNested(PRICE)
  @Type(() => PriceBody)
  price!: PriceBody;
}

export class ProductChangeBody {
  @ApiPropertyOptional()
  @MayBeMissing()
  @IsString(TEXT)
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
    maxLength: 40,
    description: 'Products of one group share bulk payment jobs; empty is a group',
  })
  @MayBeMissing()
  @IsString(TEXT)
  @MaxLength(40, { message: 'at most 40 characters' })
  billingGroup?: string;
}

export class ProductListQuery extends PageQuery {
  @ApiPropertyOptional({ type: Boolean })
  @IsOptional()
  @Transform(toBoolean)
  @IsIn([true, false], { message: 'true or false' })
  active?: boolean;
}
