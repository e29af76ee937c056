import type { Visits } from './visits';
import { cancelAwaited, payByDeposit } from './works/deposits';
import { payByMethod } from './works/methods';
import { payByKakaopay, payOrder, payOrderUnheard } from './works/orders';
import { passDay, tieOut } from './works/tie-outs';

/** Payments that are sent one by one, and the days that are held against the gateway's lists. */
export const PAYMENTS: Visits = {
  'checkout.window-committed': { work: payByKakaopay },
  'checkout.window-answered': { work: payByKakaopay },
  'checkout.before-commit': { work: payOrder },
  'checkout.committed': { work: payOrder },
  'send-payment.turn-taken': { work: payByMethod },
  'send-payment.claimed': { work: payOrder },
  'send-payment.ready': { work: payOrder },
  'direct-payment.withdrawn': { work: (world, name) => payByMethod(world, name, true) },
  'send-payment.intent-committed': { work: payOrder },
  'send-payment.answered': { work: payOrder },
  'direct-payment.before-commit': { work: payOrder },
  'send-payment.recorded': { work: payOrder },
  'direct-payment.account-before-commit': { work: payByDeposit },
  'watch-deposit.claimed': { work: payByDeposit },
  'watch-deposit.looked': { work: payByDeposit },
  'watch-deposit.closed': { work: cancelAwaited },
  'watch-deposit.recorded': { work: payByDeposit },
  'exchange.request-kept': { work: payByKakaopay },
  'exchange.answered': { work: payByKakaopay },
  'resolve-payment.claimed': { work: payOrderUnheard },
  'resolve-payment.recorded': { work: payOrderUnheard },
  'open-tie-outs.before-commit': { work: passDay },
  'open-tie-outs.opened': { work: passDay },
  'tie-out.claimed': { work: tieOut },
  'tie-out.page-answered': { work: tieOut },
  'tie-out.before-commit': { work: tieOut },
  'tie-out.looked-up': { work: tieOut },
  'tie-out.recorded': { work: tieOut },
};
