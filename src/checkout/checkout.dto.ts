import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Matches, Max, MaxLength, Min } from 'class-validator';
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

/** Nothing that would lead to another path where it is looked up. */
const KEY = /^(?!\.{1,2}$)[!-~]{1,200}$/;
const ORDER_NO = /^[A-Za-z0-9_=-]{1,64}$/;
const WORD = { message: 'a text of at most 1000 characters' };

/** What a page brings back that showed the payment window itself: what the gateway's script gave it, by its own names. */
export class WindowReturnDto {
  @ApiPropertyOptional({ description: 'Toss Payments: the window’s own key of the payment' })
  @IsOptional()
  @Matches(KEY, { message: '1 to 200 printable characters without spaces' })
  paymentKey?: string;

  @ApiPropertyOptional({ description: 'Toss Payments: as the window was opened with' })
  @IsOptional()
  @Matches(ORDER_NO, { message: 'the orderId that the window was opened with' })
  orderId?: string;

  @ApiPropertyOptional({ type: 'integer', description: 'Toss Payments: won' })
  @IsOptional()
  @Type(() => Number)
  @IsInt(AMOUNT)
  @Min(1, AMOUNT)
  @Max(MAX_CHARGE_WON, AMOUNT)
  amount?: number;

  @ApiPropertyOptional({ description: 'PortOne: as the window was opened with' })
  @IsOptional()
  @Matches(ORDER_NO, { message: 'the paymentId that the window was opened with' })
  paymentId?: string;

  @ApiPropertyOptional({ description: 'PortOne: its own key of the attempt' })
  @IsOptional()
  @Matches(KEY, { message: '1 to 200 printable characters without spaces' })
  txId?: string;

  @ApiPropertyOptional({ description: 'PortOne: what the customer has agreed to is charged by it' })
  @IsOptional()
  @Matches(/^[!-~]{1,300}$/, { message: '1 to 300 printable characters without spaces' })
  paymentToken?: string;

  @ApiPropertyOptional({ description: 'PortOne: PAYMENT' })
  @IsOptional()
  @MaxLength(1000, WORD)
  transactionType?: string;
  @ApiPropertyOptional({ description: 'PortOne: why nothing was paid' })
  @IsOptional()
  @MaxLength(1000, WORD)
  code?: string;
  @ApiPropertyOptional({ description: 'PortOne: the same in words' })
  @IsOptional()
  @MaxLength(1000, WORD)
  message?: string;
  @ApiPropertyOptional({ description: 'PortOne: the payment company’s code' })
  @IsOptional()
  @MaxLength(1000, WORD)
  pgCode?: string;

  @ApiPropertyOptional({ description: 'PortOne: the same in its words' })
  @IsOptional()
  @MaxLength(1000, WORD)
  pgMessage?: string;
}
