import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { DepositAccount } from '../direct-payment';
import { messageOf } from '../kernel/errors';
import { Logger } from '../platform/logging';
import { OrderChanges, type KnownOrder, type OrderAsRead } from './order-changes';
import { failureAfter, NO_FAILURE, type OrderFailure } from './order-failure';
import type { Order } from './order.entity';
import { ORDER_ENDS } from './order.state';

/** A change is told within a second: half of it to find it, the other half to read it and to tell it. */
const LOOK_EVERY_MS = 500;
/** Between two looks at least, so that a database that is slow is not asked without end. */
const LEAST_PAUSE_MS = 100;

/** What a customer may see of an order. */
export type SeenOrder = Pick<
  Order,
  'reference' | 'name' | 'amount' | 'state' | 'failureCode' | 'failureMessage' | 'expiresAt'
>;

/** How far somebody has followed an order. */
export interface OrderPosition {
  /** So many steps of its life. */
  readonly steps: number;
  /** And whether the deposit has come that it waits for. */
  readonly deposited: boolean;
}

/** An order as it was after one step of its life, or is after the last one. */
export interface OrderStep {
  readonly position: OrderPosition;
  readonly order: SeenOrder;
  readonly deposit: DepositAccount | undefined;
  readonly isEnd: boolean;
}

export interface FollowedOrder {
  /** What the follower has not seen yet; the order as it is, for one who has seen nothing. */
  readonly unseen: readonly OrderStep[];
  readonly isOver: boolean;
  stop(): void;
}

interface Follower {
  position: OrderPosition;
  readonly tell: (step: OrderStep) => void;
}

interface Watched {
  readonly steps: OrderStep[];
  entryId: string;
  readonly followers: Set<Follower>;
}

/**
 * Tells followers of orders each step of these, whichever process made it, by looking at the history of all that are followed: one
 * statement for all of them, and none while nobody follows.
 */
@Injectable()
export class OrderWatch implements OnApplicationShutdown {
  private readonly watched = new Map<string, Watched>();
  private timer: NodeJS.Timeout | undefined;
  private isLooking = false;
  private isClosed = false;
  private isBlind = false;

  constructor(
    private readonly changes: OrderChanges,
    private readonly logger: Logger,
  ) {}

  /**
   * Follows an order until it is stopped.
   *
   * @param since how far the follower has seen it already; `undefined`: not at all
   * @param tell hears each step after those that are returned
   */
  async follow(
    order: Order,
    since: OrderPosition | undefined,
    tell: (step: OrderStep) => void,
  ): Promise<FollowedOrder> {
    const read = (await this.changes.read([order.id])).get(order.id);
    if (read === undefined) throw new TypeError(`order ${order.id} has no history`);
    const watched = this.watched.get(order.id) ?? { steps: [], entryId: '0', followers: new Set() };
    this.take(watched, order, read);
    const latest = watched.steps.at(-1) as OrderStep;
    const follower = { position: latest.position, tell };
    // The id alone: what stops the following is kept as long as it lasts, and an order is a hundred times its size.
    const { id } = order;
    const stop = (): void => {
      watched.followers.delete(follower);
      if (watched.followers.size === 0 && this.watched.get(id) === watched) this.watched.delete(id);
    };
    const unseen = unseenOf(watched.steps, since);
    watched.followers.add(follower);
    this.watched.set(order.id, watched);
    this.lookLater(LOOK_EVERY_MS);
    return { unseen, isOver: latest.isEnd, stop };
  }

  onApplicationShutdown(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  private lookLater(afterMs: number): void {
    if (this.isClosed || this.isLooking || this.timer !== undefined || this.watched.size === 0) return;
    this.timer = setTimeout(() => void this.look(), afterMs).unref();
  }

  private async look(): Promise<void> {
    this.timer = undefined;
    if (this.watched.size === 0) return;
    this.isLooking = true;
    const begunAt = performance.now();
    try {
      await this.tellChanges();
      if (this.isBlind) this.logger.info('orders that customers follow are read again');
      this.isBlind = false;
    } catch (error) {
      // Who follows waits; what is missed meanwhile stands in the history.
      if (!this.isBlind) this.logger.warn('orders that customers follow can’t be read', { reason: messageOf(error) });
      this.isBlind = true;
    }
    this.isLooking = false;
    this.lookLater(Math.max(LEAST_PAUSE_MS, LOOK_EVERY_MS - (performance.now() - begunAt)));
  }

  private async tellChanges(): Promise<void> {
    const changed = await this.changes.among([...this.watched].map(([id, watched]) => knownOf(id, watched)));
    if (changed.length === 0) return;
    const read = await this.changes.read(changed);
    for (const [id, found] of read) {
      const watched = this.watched.get(id);
      const [first] = watched?.steps ?? [];
      if (watched !== undefined && first !== undefined) this.take(watched, first.order, found);
    }
  }

  /** Takes in what was read, and tells those who follow already. What was read before something that is known is old. */
  private take(watched: Watched, what: SeenOrder, { entries, deposit }: OrderAsRead): void {
    const { steps } = watched;
    if (entries.length < steps.length) return;
    let failure: OrderFailure = steps.at(-1)?.order ?? NO_FAILURE;
    for (const entry of entries.slice(steps.length)) {
      failure = failureAfter(entry, failure);
      const { failureCode, failureMessage } = failure;
      const order = { ...shownOf(what), state: entry.toState, failureCode, failureMessage };
      const isEnd = (ORDER_ENDS as readonly string[]).includes(entry.toState);
      steps.push({ position: { steps: steps.length + 1, deposited: false }, order, deposit: undefined, isEnd });
      watched.entryId = entry.id;
    }
    withDeposit(steps, deposit);
    for (const follower of watched.followers) tellUnseen(follower, steps);
  }
}

function knownOf(id: string, { entryId, steps }: Watched): KnownOrder {
  const latest = steps.at(-1);
  const isAwaiting = latest?.order.state === 'AwaitingDeposit';
  return { id, entryId, deposited: isAwaiting ? latest?.position.deposited : undefined };
}

/** Where to pay is told of an order that waits for it now, and of no step before: the account may be another's by then. */
function withDeposit(steps: OrderStep[], deposit: DepositAccount | undefined): void {
  const last = steps.length - 1;
  for (const [index, step] of steps.entries()) {
    if (index < last && step.deposit === undefined) continue;
    const ofIt = index === last ? deposit : undefined;
    const deposited = ofIt !== undefined && ofIt.depositedAt !== null;
    steps[index] = { ...step, deposit: ofIt, position: { ...step.position, deposited } };
  }
}

function unseenOf(steps: readonly OrderStep[], since: OrderPosition | undefined): readonly OrderStep[] {
  // Who names more than there is has not been here.
  if (since === undefined || since.steps > steps.length) return steps.slice(-1);
  const missed = steps.slice(since.steps);
  if (missed.length > 0) return missed;
  return steps.slice(-1).filter(({ position }) => position.deposited !== since.deposited);
}

function tellUnseen(follower: Follower, steps: readonly OrderStep[]): void {
  for (const step of unseenOf(steps, follower.position)) {
    follower.position = step.position;
    follower.tell(step);
  }
}

/** What stays as it is for the whole life of an order. */
function shownOf({ reference, name, amount, expiresAt }: SeenOrder): Omit<SeenOrder, 'state' | keyof OrderFailure> {
  return { reference, name, amount, expiresAt };
}
