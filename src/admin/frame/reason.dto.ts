import { ApiProperty } from '@nestjs/swagger';
import { IsWords, MAX_REASON_LENGTH } from './text-fields';

/** Acts that stop, release or repeat money leave a reason behind. */
export class ReasonBody {
  @ApiProperty({ minLength: 1, maxLength: MAX_REASON_LENGTH, description: 'Why, in words; kept for ever' })
  @IsWords(MAX_REASON_LENGTH)
  reason!: string;
}
