import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { observeCrashPoints, type CrashPoint } from '../../src/platform/crash-points';

/** Whoever can be held at a crash point and killed there. */
export interface Mortal {
  readonly name: string;
  readonly isDead: boolean;
}

/** Somebody held at a crash point. */
export interface Gate {
  readonly mortal: Mortal;
  readonly point: CrashPoint;
  open(): void;
}

/**
 * So often something that runs and comes to no gate is looked at before it is taken to wait for what a held one has, such as a row or
 * a token. Between two looks this process gets on, however busy the machine is.
 */
const PATIENT_LOOKS = 8;
const LOOK_EVERY_MS = 5;
/** A minute at least: whatever the database does longer than that, no order of a schedule depends on it. */
const MOST_LOOKS = 12_000;

const underWay = new AsyncLocalStorage<Mortal>();

/**
 * Steps of several replicas in one process, of which one at a time goes on from crash point to crash point: what order they
 * go in is decided by the schedule, not by the machine, so that a seed makes the same schedule again.
 */
export class Gates {
  readonly held: Gate[] = [];
  private running = 0;
  private settle: (() => void) | undefined;

  /**
   * @param holds decides, at each arrival of a living one, whether it is held there
   * @param isDatabaseAtWork whether the database does anything for anyone, but wait for somebody
   */
  constructor(
    private readonly holds: (mortal: Mortal, point: CrashPoint) => boolean,
    private readonly isDatabaseAtWork: () => Promise<boolean>,
  ) {
    observeCrashPoints((point) => this.arrive(point));
  }

  /** Runs something in the name of a replica: it is held at crash points, and stays for ever at the next when it is dead. */
  static as<Result>(mortal: Mortal, work: () => Result): Result {
    return underWay.run(mortal, work);
  }

  static current(): Mortal | undefined {
    return underWay.getStore();
  }

  /** Begins something and waits until it and all others have ended, are held, or don't get on. */
  async begin(work: () => Promise<unknown>): Promise<void> {
    this.running += 1;
    work()
      .catch(() => undefined)
      .finally(() => this.stopped());
    await this.quiet();
  }

  /** Lets one go on, and waits as {@link begin} does. */
  async open(gate: Gate): Promise<void> {
    this.running += 1;
    gate.open();
    await this.quiet();
  }

  /** Forgets those who are held of one who was killed: they never go on. */
  abandon(mortal: Mortal): void {
    this.held.splice(0, this.held.length, ...this.held.filter((gate) => gate.mortal !== mortal));
  }

  close(): void {
    observeCrashPoints(undefined);
  }

  private arrive(point: CrashPoint): Promise<void> | undefined {
    const mortal = underWay.getStore();
    if (mortal === undefined) return undefined;
    if (mortal.isDead) return this.forEver();
    if (!this.holds(mortal, point)) return undefined;
    return new Promise((resolve) => {
      const gate: Gate = {
        mortal,
        point,
        open: () => {
          this.held.splice(this.held.indexOf(gate), 1);
          resolve();
        },
      };
      this.held.push(gate);
      this.stopped();
    });
  }

  private forEver(): Promise<void> {
    this.stopped();
    return new Promise(() => undefined);
  }

  private stopped(): void {
    this.running = Math.max(0, this.running - 1);
    if (this.running === 0) this.settle?.();
  }

  private async quiet(): Promise<void> {
    if (this.running === 0) return;
    let isSettled = false;
    const settled = new Promise<void>((resolve) => {
      this.settle = () => {
        isSettled = true;
        resolve();
      };
    });
    for (let looks = 1; !isSettled && looks <= MOST_LOOKS; looks++) {
      if (looks > PATIENT_LOOKS && !(await this.isDatabaseAtWork())) break;
      await Promise.race([settled, delay(LOOK_EVERY_MS)]);
    }
    this.settle = undefined;
    // Who does not get on now is not waited for again.
    this.running = 0;
  }
}
