import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, Matches, Max, Min } from 'class-validator';
import { MAX_CHARGE_WON, wonInWords } from '../kernel/won';

const AMOUNT = { message: `whole won, 1 to ${wonInWords(MAX_CHARGE_WON)}` };

/** The token in an address: whoever has it is the customer. */
export class TokenParameter {
  @ApiProperty({ description: 'The checkoutToken of the order' })
  @Matches(/^[A-Za-z0-9_-]{43}$/, { message: 'the checkoutToken of an order' })
  token!: string;
}

/** The address that one window of an order leads back to. */
export class WindowParameter extends TokenParameter {
  @ApiProperty({ type: 'integer', description: 'Which of the order’s windows, from 1' })
  @Type(() => Number)
  @IsInt({ message: 'the number of a window' })
  @Min(1, { message: 'the number of a window' })
  @Max(1_000, { message: 'the number of a window' })
  number!: number;
}

/** What a page brings back that showed the payment window itself. */
export class WindowReturnDto {
  @ApiProperty({ description: 'The window’s own key of the payment' })
  // Nothing that would lead to another path where it is looked up.
  @Matches(/^(?!\.{1,2}$)[!-~]{1,200}$/, { message: '1 to 200 printable characters without spaces' })
  paymentKey!: string;

  @ApiProperty({ description: 'As the window was opened with' })
  @Matches(/^[A-Za-z0-9_=-]{1,64}$/, { message: 'the orderId that the window was opened with' })
  orderId!: string;

  @ApiProperty({ type: 'integer', description: 'Won' })
  @Type(() => Number)
  @IsInt(AMOUNT)
  @Min(1, AMOUNT)
  @Max(MAX_CHARGE_WON, AMOUNT)
  amount!: number;
}
