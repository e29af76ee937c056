import { CRASH_POINTS, type CrashPoint } from '../../src/platform/crash-points';
import type { FaultOrder } from '../../simulator/tstore/faults/armed-faults';
import { until } from '../support/until';
import { CrashWorld, type Work } from './crash-world';

/** The submission goes out with a good token, and the question to PNS finds it revoked. */
const TOKEN_REVOKED: FaultOrder = { kind: 'token-revoked', skip: 1 };

/** What the gateway must do wrong for a process to come to a point at all. */
const FAULTS: Partial<Record<CrashPoint, FaultOrder[]>> = {
  'token.lease-committed': [TOKEN_REVOKED],
  'token.answered': [TOKEN_REVOKED],
  'token.stored': [TOKEN_REVOKED],
  'token.invalidated': [TOKEN_REVOKED],
  'token.failure-stored': [TOKEN_REVOKED, { kind: 'token-failing' }],
  'verify-notification.postponed': [{ kind: 'verify-unavailable' }],
  'stage-failure.before-commit': [{ kind: 'result-failing' }],
  'stage-failure.recorded': [{ kind: 'result-lines-missing' }],
  'watch-doubt.told': [{ kind: 'submit-failing-before' }],
  'watch-doubt.recorded': [{ kind: 'submit-failing-before' }],
  'send-refund.postponed': [{ kind: 'lookup-failing' }],
};

const upload: Work = (world, name) => world.upload(name);
const refund: Work = (world, name) => world.refund(name);

/** An event nothing acts on. Nothing beside it, or the process might die with that under way too. */
const oddEvent: Work = async (world, name) => {
  await world.post('noti_listener', 'application/json', `{"event":"singlePayment","jobId":"${name}"}`);
};

const uploadInDoubt: Work = async (world, name) => {
  await world.upload(name);
  await world.stayInDoubt(name);
};

const outwait: Work = (world) => world.outwaitApproval();
const outwaitOrder: Work = (world, name) => world.outwaitOrder(name);
const payCanceled: Work = (world, name) => world.payCanceledOrder(name);
const hear: Work = (world, name) => world.hearOfCancellation(name);
const payOrder: Work = (world, name) => world.payOrder(name);
const payByDeposit: Work = (world, name) => world.payByDeposit(name);

/** The gateway has it, and nobody hears so. */
const payOrderUnheard: Work = (world, name) => {
  world.simulator.toss.armFault({ kind: 'answer-lost', call: 'confirm' });
  return world.payOrder(name);
};
const registerMethod: Work = async (world, name) => void (await world.registerMethod(name));
const removeMethod: Work = (world, name) => world.removeMethod(name);
const outwaitRegistration: Work = (world, name) => world.outwaitRegistration(name);
const payByMethod: Work = (world, name) => world.payByMethod(name);
const payUnwanted: Work = (world, name) => world.payByMethod(name, true);
const tieOut: Work = (world) => world.tieOut();
const stopLine: Work = (world, name) => world.stopLine(name);

const WORK: Partial<Record<CrashPoint, Work>> = {
  'plan-billing-run.before-commit': (world) => world.plan(1),
  'plan-billing-run.committed': (world) => world.plan(0),
  'verify-notification.set-aside': oddEvent,
  'watch-doubt.told': uploadInDoubt,
  'watch-doubt.recorded': uploadInDoubt,
  'watch-payments.claimed': (world, name) => world.watchPayment(name),
  'watch-payments.recorded': (world, name) => world.watchPayment(name),
  'check-line.told': stopLine,
  'check-line.recorded': stopLine,
  'lookup.turn-taken': (world) => world.lookUp(),
  'lookup.answered': refund,
  'lookup.kept': refund,
  'refund.before-commit': refund,
  'checkout.before-commit': payOrder,
  'checkout.committed': payOrder,
  'send-payment.turn-taken': payByMethod,
  'direct-payment.withdrawn': payUnwanted,
  'send-payment.claimed': payOrder,
  'send-payment.ready': payOrder,
  'send-payment.intent-committed': payOrder,
  'send-payment.answered': payOrder,
  'direct-payment.before-commit': payOrder,
  'send-payment.recorded': payOrder,
  'direct-payment.account-before-commit': payByDeposit,
  'watch-deposit.claimed': payByDeposit,
  'watch-deposit.looked': payByDeposit,
  'watch-deposit.closed': (world, name) => world.cancelAwaited(name),
  'watch-deposit.recorded': payByDeposit,
  'exchange.request-kept': payOrder,
  'exchange.answered': payOrder,
  'resolve-payment.claimed': payOrderUnheard,
  'resolve-payment.recorded': payOrderUnheard,
  'look-into-message.claimed': hear,
  'look-into-message.looked': hear,
  'look-into-message.recorded': hear,
  'expire-order.before-commit': outwaitOrder,
  'expire-order.recorded': outwaitOrder,
  'give-back.found': payCanceled,
  'give-back.asked': payCanceled,
  'give-back.recorded': payCanceled,
  'register-method.before-commit': registerMethod,
  'register-method.committed': registerMethod,
  'issue-method.claimed': registerMethod,
  'issue-method.intent-committed': registerMethod,
  'issue-method.answered': registerMethod,
  'issue-method.before-commit': registerMethod,
  'issue-method.recorded': registerMethod,
  'erase-method.claimed': removeMethod,
  'erase-method.answered': removeMethod,
  'erase-method.recorded': removeMethod,
  'expire-registration.before-commit': outwaitRegistration,
  'expire-registration.recorded': outwaitRegistration,
  'open-tie-outs.before-commit': (world) => world.passDay(),
  'open-tie-outs.opened': (world) => world.passDay(),
  'tie-out.claimed': tieOut,
  'tie-out.page-answered': tieOut,
  'tie-out.before-commit': tieOut,
  'tie-out.looked-up': tieOut,
  'tie-out.recorded': tieOut,
  'expire-approval.before-commit': outwait,
  'expire-approval.recorded': outwait,
};

/** Where the next processes die too: on the way of making good what the one before left behind. */
const THEN: Partial<Record<CrashPoint, CrashPoint[]>> = {
  // Never sent, which shows only when T store has been asked for long enough.
  'send-refund.intent-committed': [
    'resolve-refund.unanswered-claimed',
    'resolve-refund.doubted',
    'resolve-refund.claimed',
    'resolve-refund.postponed',
  ],
  // Refunded, which T store's record shows.
  'send-refund.answered': ['resolve-refund.recorded'],
};
const LATER = Object.values(THEN).flat();
const FIRST = CRASH_POINTS.filter((point) => !LATER.includes(point));

/** Where a file may have left and nobody ever hears of it: a person must decide. */
const IN_DOUBT: CrashPoint[] = ['submit.intent-committed', 'watch-doubt.told', 'watch-doubt.recorded'];

/** Told but not noted yet: the next process tells again. An alarm that is noted is never told again. */
const TOLD_TWICE: CrashPoint[] = ['watch-doubt.told', 'check-line.told'];

describe('a process that is killed at each crash point', () => {
  const visited = new Set<CrashPoint>();
  let world: CrashWorld;

  beforeAll(async () => {
    world = await CrashWorld.start();
  });

  afterAll(async () => {
    process.stdout.write(`killed at ${visited.size} of ${CRASH_POINTS.length} crash points\n`);
    await world.close();
  });

  it.each(
    FIRST.map(
      (point) => [CRASH_POINTS.indexOf(point) + 1, [point, ...(THEN[point] ?? [])].join(', then '), point] as const,
    ),
  )('%i. %s: the next process finishes, and the gateway’s book agrees to the won', async (_number, _points, point) => {
    for (const fault of FAULTS[point] ?? []) world.simulator.control.armFault(fault);
    const inDoubtBefore = await world.jobsInDoubt();
    const before = await world.alarms();
    const points = [point, ...(THEN[point] ?? [])] as const;
    await world.crashAt(points, WORK[point] ?? (point.startsWith('send-refund.') ? refund : upload));
    for (const one of points) visited.add(one);
    expect(await world.rest()).toEqual([]);
    const inDoubt = (await world.jobsInDoubt()) - inDoubtBefore;
    expect(inDoubt).toBe(IN_DOUBT.includes(point) ? 1 : 0);
    await until('each alarm that is noted was told', async () => {
      const after = await world.alarms();
      const again = TOLD_TWICE.includes(point) ? 1 : 0;
      return after.told - before.told === after.noted - before.noted + again || undefined;
    });
  });

  it('visits every point of the list', () => {
    expect([...visited].sort()).toEqual([...CRASH_POINTS].sort());
  });
});
