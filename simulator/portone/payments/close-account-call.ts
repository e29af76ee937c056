import type { Members } from '../../shared/http/members';
import { PortOneRefusal } from '../error-types';
import { paymentIdIn } from '../http/members';
import type { PortOneRequest } from '../http/portone-call';
import { requiredTransaction } from './lookup-calls';
import type { PaymentLife } from './payment-life';
import type { PaymentRegister } from './payment-register';
import { isoText } from './times';

/** Closes a virtual account that nobody has paid into. */
export class CloseAccountCall {
  constructor(
    private readonly register: PaymentRegister,
    private readonly life: PaymentLife,
  ) {}

  handle({ store, parameters }: PortOneRequest): Members {
    const transaction = requiredTransaction(this.register, store, paymentIdIn(parameters));
    if (transaction.status !== 'VIRTUAL_ACCOUNT_ISSUED') throw new PortOneRefusal('PAYMENT_NOT_WAITING_FOR_DEPOSIT');
    return { closedAt: isoText(this.life.closeAccount(transaction)) };
  }
}
