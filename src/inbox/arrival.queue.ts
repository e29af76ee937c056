import { Injectable } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import { DomainError, messageOf } from '../kernel/errors';
import { Logger } from '../platform/logging';
import { Metrics } from '../platform/metrics';
import type { Arrival, CountedArrival } from './arrival';
import { ArrivalStore, STORE_LIMIT_MS, isRowFault } from './arrival.store';

/** PNS waits 10 s for the answer, the way there and back included. */
const ANSWER_WITHIN_MS = 9_000;
/** A statement that begins later than this after the arrival could end after PNS has stopped waiting. */
const LATEST_START_MS = ANSWER_WITHIN_MS - STORE_LIMIT_MS;
/** Larger batches gain nothing measurable and make one slow row hold up more neighbours. */
const BATCH_ROWS = 256;
/** More can't be stored before PNS stops waiting, so it is told at once to come again. */
const QUEUE_ROWS = 10_000;
const QUEUE_BYTES = 32 * 1024 * 1024;

interface Waiting {
  arrival: Arrival;
  /** Milliseconds of the monotonic clock: what is measured is how long PNS has waited, whatever the wall clock does. */
  since: number;
  stored: () => void;
  failed: (error: unknown) => void;
}

/** Those that brought the same message. */
type Group = [Waiting, ...Waiting[]];

/**
 * Lets concurrent arrivals share one statement and one commit: whatever gathers while a batch is in flight is the next
 * batch. One batch is in flight at a time (two were a sixth slower on two cores: twice the statements for the same
 * rows), and nobody waits for a timer.
 */
@Injectable()
export class ArrivalQueue {
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  private running = false;
  private readonly log: Logger;
  private readonly batchRows;

  constructor(
    private readonly store: ArrivalStore,
    logger: Logger,
    metrics: Metrics,
  ) {
    this.log = logger.child({ component: 'notification-listener' });
    this.batchRows = metrics.histogram({
      name: 'notification_batch_rows',
      help: 'Messages that shared one commit',
      buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    });
    metrics.gauge({
      name: 'notification_queue_length',
      help: 'Messages waiting to be stored',
      collect: () => this.waiting.length,
    });
  }

  /**
   * @returns when the arrival is committed
   * @throws {DomainError} `gateway-account-not-found` when it was sent to none of its gateway's; `database-unavailable` when it
   *   could not be stored in the time PNS waits
   */
  add(arrival: Arrival): Promise<void> {
    if (this.waiting.length >= QUEUE_ROWS || this.waitingBytes + arrival.body.length > QUEUE_BYTES) {
      return Promise.reject(unavailable('the listener’s queue is full'));
    }
    return new Promise((stored, failed) => {
      this.waiting.push({ arrival, since: performance.now(), stored, failed });
      this.waitingBytes += arrival.body.length;
      if (this.running) return;
      this.running = true;
      // Requests that came in with the same turn of the event loop go along; no timer is involved.
      setImmediate(() => void this.run());
    });
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) await this.storeBatch(this.takeInTime(BATCH_ROWS));
    this.running = false;
  }

  /** Takes the oldest; those that waited too long are refused, so that PNS sends them again. */
  private takeInTime(limit: number): Waiting[] {
    const taken = this.waiting.splice(0, limit);
    for (const { arrival } of taken) this.waitingBytes -= arrival.body.length;
    const earliest = performance.now() - LATEST_START_MS;
    const [late, inTime] = [
      taken.filter(({ since }) => since < earliest),
      taken.filter(({ since }) => since >= earliest),
    ];
    for (const { failed } of late) failed(unavailable('the database did not keep up'));
    return inTime;
  }

  private async storeBatch(batch: Waiting[]): Promise<void> {
    if (batch.length === 0) return;
    this.batchRows.observe(batch.length);
    const groups = groupByKey(batch);
    try {
      await this.storeGroups(groups);
    } catch (error) {
      if (groups.length > 1 && isRowFault(error)) await this.storeSingly(groups, error);
      else this.fail(batch, error);
    }
  }

  private async storeGroups(groups: readonly Group[]): Promise<void> {
    const toNobody = new Set(await this.store.store(groups.map(countedArrival)));
    for (const [place, group] of groups.entries()) {
      for (const { stored, failed } of group) {
        if (toNobody.has(place)) failed(noSuchAccount());
        else stored();
      }
    }
  }

  /** One row's fault must not fail its neighbours. */
  private async storeSingly(groups: Group[], cause: unknown): Promise<void> {
    this.log.warn('a batch of notifications failed; storing each by itself', { reason: messageOf(cause) });
    for (const [index, group] of groups.entries()) {
      if (performance.now() - group[0].since > LATEST_START_MS) {
        this.fail(groups.slice(index).flat(), cause);
        return;
      }
      try {
        await this.storeGroups([group]);
      } catch (error) {
        this.fail(group, error);
      }
    }
  }

  private fail(batch: Waiting[], error: unknown): void {
    this.log.error('notifications could not be stored', { count: batch.length, error });
    const reason = unavailable('the notification could not be stored', error);
    for (const { failed } of batch) failed(reason);
  }
}

/** Arrivals of the same message together, in the order of their keys. */
function groupByKey(batch: readonly Waiting[]): Group[] {
  const groups = new Map<string, Group>();
  for (const waiting of batch) {
    const { key: bytes, gateway } = waiting.arrival;
    const key = bytes.toString('latin1') + gateway;
    const group = groups.get(key);
    if (group) group.push(waiting);
    else groups.set(key, [waiting]);
  }
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

function countedArrival(group: Group): CountedArrival {
  return { arrival: group[0].arrival, repeats: group.length - 1 };
}

function noSuchAccount(): DomainError {
  return new DomainError('gateway-account-not-found', 'the gateway has no such account here');
}

function unavailable(reason: string, cause?: unknown): DomainError {
  return new DomainError('database-unavailable', reason, {}, { cause });
}
