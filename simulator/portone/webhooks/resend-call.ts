import type { Members } from '../../shared/http/members';
import { PortOneRefusal } from '../error-types';
import { paymentIdIn, reader } from '../http/members';
import type { PortOneRequest } from '../http/portone-call';
import { requiredPayment } from '../payments/lookup-calls';
import type { PaymentRegister } from '../payments/payment-register';
import { MOST_EXECUTIONS, webhookBody } from './message';
import type { Webhooks } from './webhooks';

/** Sends a message of a payment again: the named one, or the latest. */
export class ResendCall {
  constructor(
    private readonly register: PaymentRegister,
    private readonly webhooks: Webhooks,
  ) {}

  async handle({ store, parameters, body }: PortOneRequest): Promise<Members> {
    const { transactions } = requiredPayment(this.register, store, paymentIdIn(parameters));
    const wanted = reader.optionalText(body, 'webhookId', 100);
    const messages = transactions.flatMap(({ id }) => this.webhooks.ofTransaction(id));
    const message = wanted === null ? messages.at(-1) : messages.find(({ webhookId }) => webhookId === wanted);
    if (!message) throw new PortOneRefusal('WEBHOOK_NOT_FOUND');
    if (message.attempts.length >= MOST_EXECUTIONS) throw new PortOneRefusal('MAX_WEBHOOK_RETRY_COUNT_REACHED');
    await this.webhooks.sendAgain(message);
    return { webhook: webhookBody(message) };
  }
}
