import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, ValidateBy } from 'class-validator';
import { STATED_COLUMNS, readStatedColumns } from '../../tie-out';
import { PageQuery } from '../frame/page';
import { IsAccountId } from '../frame/text-fields';

function IsStatedColumns(): PropertyDecorator {
  const validate = (value: unknown): boolean => typeof value === 'string' && readStatedColumns(value) !== undefined;
  return ValidateBy({ name: 'isStatedColumns', validator: { validate, defaultMessage: () => STATED_COLUMNS } });
}

export class ListFileImportQuery {
  @ApiProperty({ description: 'Whose list it is', example: 'kakaopay' })
  @IsAccountId()
  gatewayAccount!: string;

  @ApiPropertyOptional({
    description: `Which heading is what, where the usual ones are not those of the file: ${STATED_COLUMNS}`,
    example: 'transactionId:거래번호,amount:거래금액',
  })
  @IsOptional()
  @IsStatedColumns()
  columns?: string;
}

export class ListFileListQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Of this gateway account only' })
  @IsOptional()
  @IsAccountId()
  gatewayAccount?: string;
}
