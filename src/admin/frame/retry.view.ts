import { ApiProperty } from '@nestjs/swagger';

/** What failed last, and when it is tried again. */
export class RetryView {
  @ApiProperty({ type: 'integer' }) attempts!: number;
  @ApiProperty({ type: Date, nullable: true }) at!: Date | null;
  @ApiProperty() error!: string;
}
