import { ApiProperty } from '@nestjs/swagger';

/** How many and how many won. */
export class TallyView {
  @ApiProperty({ type: 'integer' }) count!: number;
  @ApiProperty({ type: 'integer', description: 'Won' }) amount!: number;
}
