import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean } from 'class-validator';
import type { InputFault } from '../kernel/errors';
import { toBoolean } from './body-fields';

export class ImportQuery {
  @ApiPropertyOptional({ default: false, description: 'Store the good lines of a file with faulty ones' })
  @Transform(toBoolean)
  @IsBoolean({ message: 'true or false' })
  partial: boolean = false;
}

export class ImportReportView {
  @ApiProperty({ description: 'Lines after the header, blank ones not counted' }) lineCount!: number;
  @ApiProperty() storedCount!: number;
  @ApiProperty() rejectedCount!: number;
  @ApiProperty({ description: 'Faults of the rejected lines' }) faultCount!: number;
  @ApiProperty({ type: [Object], description: 'The first hundred: line, field, what was expected' })
  faults!: InputFault[];
}
