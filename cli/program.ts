import { Command, Help, type Option } from 'commander';
import stringWidth from 'string-width';
import { addAccountCommands } from './commands/accounts';
import { addApprovalCommands } from './commands/approvals';
import { addAuditCommands } from './commands/audit';
import { addBillingRunCommands } from './commands/billing-runs';
import { addChargeCommands } from './commands/charges';
import { addCheckCommands } from './commands/checks';
import { addDirectPaymentCommands } from './commands/direct-payments';
import { addExchangeCommands } from './commands/exchanges';
import { addDiscrepancyCommands } from './commands/discrepancies';
import { addInquiryCommand } from './commands/inquiry';
import { addJobCommands } from './commands/jobs';
import { addKeyCommands } from './commands/keys';
import { addKillSwitchCommands } from './commands/kill-switch';
import { addLineStopCommands } from './commands/line-stops';
import { addNotificationCommands } from './commands/notifications';
import { addOrderCommands } from './commands/orders';
import { addOutsideRefundCommands } from './commands/outside-refunds';
import { addRefundCommands } from './commands/refunds';
import { addPaymentMethodCommands } from './commands/payment-methods';
import { addProductCommands } from './commands/products';
import { addReportCommands } from './commands/reports';
import { addSettlementLogCommands } from './commands/settlement-log';
import { addSubscriptionCommands } from './commands/subscriptions';
import { addTieOutCommands } from './commands/tie-outs';
import { addSummaryCommands } from './commands/summary';
import { EXIT_CODES } from './exit';
import { PROGRAM } from './operations';
import { runIn, type Surroundings } from './session';

/** The operators' program: every command asks the admin API through its typed client. */
export function programOf(surroundings: Surroundings): Command {
  const program = new Command(PROGRAM)
    .description('Operates the merchant billing backend through its admin API.')
    .option('--url <address>', 'where the service listens; MERCHANT_BILLING_URL unless stated')
    .option('--json', 'print JSON instead of tables')
    .option('--idempotency-key <key>', 'the key of a call whose answer was lost, to ask it again')
    // Any command takes it, so that scripts need not know which of them ask.
    .option('-y, --yes', 'do it without being asked, where a command asks')
    .addHelpText('after', helpOfSurroundings())
    .configureOutput({ writeOut: surroundings.write, writeErr: surroundings.complain })
    .configureHelp({ minWidthToWrap: 20, optionDescription, displayWidth: (text) => stringWidth(text) })
    .exitOverride()
    .showHelpAfterError('(--help tells what can be stated)');
  const run = runIn(surroundings);
  addSummaryCommands(program, run);
  addCheckCommands(program, run);
  addReportCommands(program, run);
  addInquiryCommand(program, run);
  addApprovalCommands(program, run);
  addJobCommands(program, run);
  addChargeCommands(program, run);
  addOrderCommands(program, run);
  addDirectPaymentCommands(program, run);
  addExchangeCommands(program, run);
  addTieOutCommands(program, run);
  addRefundCommands(program, run);
  addOutsideRefundCommands(program, run);
  addSettlementLogCommands(program, run);
  addDiscrepancyCommands(program, run);
  addLineStopCommands(program, run);
  addNotificationCommands(program, run);
  addBillingRunCommands(program, run);
  addProductCommands(program, run);
  addPaymentMethodCommands(program, run);
  addSubscriptionCommands(program, run);
  addKillSwitchCommands(program, run);
  addAccountCommands(program, run);
  addKeyCommands(program, run);
  addAuditCommands(program, run);
  return program;
}

/** Says of an option that it can't be left out. */
function optionDescription(option: Option): string {
  const told = new Help().optionDescription(option);
  return option.mandatory ? `${told} (required)`.trim() : told;
}

function helpOfSurroundings(): string {
  const codes = Object.entries(EXIT_CODES).map(([code, meaning]) => `  ${code}  ${meaning}`);
  return `
Environment:
  MERCHANT_BILLING_URL      where the service listens
  MERCHANT_BILLING_API_KEY  an API key; its role decides what is allowed

Exit codes:
${codes.join('\n')}

Examples:
  ${PROGRAM} summary
  ${PROGRAM} inquiry --customer 'customer 1042'
  ${PROGRAM} jobs list --state Processing
  ${PROGRAM} jobs resolve 42 --not-accepted --reason 'ticket 811'
  ${PROGRAM} approvals list --state Waiting
  ${PROGRAM} runs dry-run 2027-01-31
  ${PROGRAM} refund B20270131-42-1 --amount 1,000 --reason promised
  ${PROGRAM} charges list --output charges.xlsx
`;
}
