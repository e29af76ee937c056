import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';

/** The token in an address: whoever has it is the customer. */
export class RegistrationTokenParameter {
  @ApiProperty({ description: 'The checkoutToken of the registration' })
  @Matches(/^[A-Za-z0-9_-]{43}$/, { message: 'the checkoutToken of a registration' })
  token!: string;
}

/** The address that one window of a registration leads back to. */
export class RegistrationWindowParameter extends RegistrationTokenParameter {
  @ApiProperty({ description: 'Which of the registration’s windows' })
  @Matches(/^[0-9a-f]{16}$/, { message: 'a window of the registration' })
  window!: string;
}

/** What a page brings back that showed the window itself. */
export class MethodReturnDto {
  @ApiProperty({ description: 'As the window was opened with' })
  @Matches(/^[A-Za-z0-9_=.@-]{2,300}$/, { message: 'the customerKey that the window was opened with' })
  customerKey!: string;

  @ApiProperty({ description: 'The window’s own key of what the customer entered' })
  @Matches(/^[!-~]{1,300}$/, { message: '1 to 300 printable characters without spaces' })
  authKey!: string;
}
