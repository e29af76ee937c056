import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean } from 'class-validator';
import type { InputFault } from '../../kernel/errors';
import { toBoolean } from '../frame/body-fields';

export class ImportQuery {
  @ApiPropertyOptional({ default: false, description: 'Store the good lines of a file with faulty ones' })
  @Transform(toBoolean)
  @IsBoolean({ message: 'true or false' })
  partial: boolean = false;
}

class InputFaultView implements InputFault {
  @ApiPropertyOptional({ type: 'integer', description: 'Line of the file, the header being line 1' }) line?: number;
  @ApiPropertyOptional({ description: 'Name of the column' }) field?: string;
  @ApiProperty() expected!: string;
}

export class ImportReportView {
  @ApiProperty({ type: 'integer', description: 'Lines after the header, blank ones not counted' }) lineCount!: number;
  @ApiProperty({ type: 'integer' }) storedCount!: number;
  @ApiProperty({ type: 'integer' }) rejectedCount!: number;
  @ApiProperty({ type: 'integer', description: 'Faults of the rejected lines' }) faultCount!: number;
  @ApiProperty({ type: [InputFaultView], description: 'The first hundred' }) faults!: InputFaultView[];
}
