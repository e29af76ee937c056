import { ApiProperty } from '@nestjs/swagger';
import type { DepositAccount } from '../../direct-payment';

/** The account that was issued for an order; its number is given to others later. */
export class DepositView {
  @ApiProperty({ description: 'The gateway’s code of it' }) bankCode!: string;
  @ApiProperty({ description: 'As people know it' }) bankName!: string;
  @ApiProperty({ description: 'Of this order only until it is paid or over' }) accountNumber!: string;
  @ApiProperty({ description: 'In whose name it is' }) holder!: string;
  @ApiProperty({ description: 'Until when a deposit is taken' }) dueAt!: Date;
  @ApiProperty({ description: 'When it was issued' }) issuedAt!: Date;
  @ApiProperty({
    type: Date,
    nullable: true,
    description: 'Since when a deposit is known; it counts once it has stayed',
  })
  depositedAt!: Date | null;
}

export function depositViewOf(account: DepositAccount): DepositView {
  const { bankCode, bankName, accountNumber, holder, dueAt, issuedAt, depositedAt } = account;
  return { bankCode, bankName, accountNumber, holder, dueAt, issuedAt, depositedAt };
}
