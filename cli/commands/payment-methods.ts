import { Option, type Command } from 'commander';
import type { Schema } from '../../client/src';
import { addAct, addList, addShow } from '../declare';
import { reasonOption, wholeNumber } from '../options';
import type { Run } from '../session';
import type { Column } from '../table';
import { seoulTime } from '../words';

type Method = Schema<'PaymentMethodView'>;
type Registration = Schema<'RegistrationView'>;

const COLUMNS: readonly Column<Method>[] = [
  ['id', (method) => method.id, { right: true }],
  ['customer', (method) => method.customerReference, { wraps: true }],
  ['state', (method) => method.state],
  ['what', (method) => method.label],
  ['account', (method) => method.gatewayAccount],
  ['made', (method) => seoulTime(method.createdAt), { spare: true }],
];

const REGISTRATION_COLUMNS: readonly Column<Registration>[] = [
  ['id', (registration) => registration.id, { right: true }],
  ['customer', (registration) => registration.customerReference, { wraps: true }],
  ['state', (registration) => registration.state],
  ['method', (registration) => registration.paymentMethodId, { right: true }],
  ['account', (registration) => registration.gatewayAccount],
  ['why not', (registration) => registration.failure?.code ?? registration.lastError, { spare: true }],
];

const customer = () => new Option('--customer <reference>', 'of one customer');

export function addPaymentMethodCommands(program: Command, run: Run): void {
  const methods = program.command('payment-methods').description('what customers pay with');
  addList(methods, run, {
    name: 'list',
    does: 'payment methods, newest first',
    operation: 'GET /admin/v1/payment-methods',
    columns: COLUMNS,
    filters: {
      state: new Option('--state <state>').choices(['Active', 'Invalid', 'Replaced', 'Removed']),
      customerReference: customer(),
      gatewayAccount: new Option('--account <id>', 'charged by one account'),
    },
  });
  addShow(methods, run, {
    name: 'show <id>',
    does: 'a payment method with its history',
    operation: 'GET /admin/v1/payment-methods/{id}',
  });
  addAct(methods, run, {
    name: 'remove <id>',
    does: 'charge by it no more, and have its gateway delete it',
    operation: 'POST /admin/v1/payment-methods/{id}/remove',
    body: { reason: reasonOption() },
    asks: async (session, path) => {
      const method = (await session.call('GET /admin/v1/payment-methods/{id}', { path })) as Method;
      return `Take ${method.label ?? 'the payment method'} of ${method.customerReference} away, for ever.`;
    },
  });
  addRegistrationCommands(program, run);
}

function addRegistrationCommands(program: Command, run: Run): void {
  const registrations = program
    .command('payment-method-registrations')
    .description('customers on their way to a payment method');
  addAct(registrations, run, {
    name: 'open',
    does: 'let a customer register a payment method in the gateway’s window',
    operation: 'POST /admin/v1/payment-method-registrations',
    body: {
      customerReference: customer().makeOptionMandatory(),
      gatewayAccount: new Option('--account <id>', 'the account that will collect by it').makeOptionMandatory(),
      replaces: new Option('--replaces <id>', 'the payment method whose place it takes'),
      returnUrl: new Option('--return-url <address>', 'where the customer comes back to').makeOptionMandatory(),
      expiresInMinutes: new Option('--minutes <minutes>', 'how long it is open').argParser(wholeNumber),
    },
  });
  addList(registrations, run, {
    name: 'list',
    does: 'registrations, newest first',
    operation: 'GET /admin/v1/payment-method-registrations',
    columns: REGISTRATION_COLUMNS,
    filters: {
      state: new Option('--state <state>').choices(['Open', 'Issuing', 'Issued', 'Failed', 'Expired']),
      customerReference: customer(),
    },
  });
  addShow(registrations, run, {
    name: 'show <id>',
    does: 'a registration with its history',
    operation: 'GET /admin/v1/payment-method-registrations/{id}',
  });
}
