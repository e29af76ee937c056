type Run = () => Promise<void> | void;

/** A thing that will happen at an instant of the simulator's clock. */
export interface ScheduledTask {
  readonly dueAt: number;
  cancel(): void;
  /** Does it at once instead of at its time; nothing happens if it was done or cancelled already. */
  runNow(): Promise<void>;
}

interface PendingTask extends ScheduledTask {
  run: Run;
}

/** setTimeout fires at once for longer delays. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * The simulator's time in epoch milliseconds: real time at a settable speed, plus whatever was moved by hand.
 * Factor 0 pins it. Tokens, processing and notifications live by it; network time-outs and fault delays do not,
 * because the client on the other side lives in real time.
 */
export class SimulatorClock {
  private readonly pending = new Set<PendingTask>();
  private timer: NodeJS.Timeout | undefined;
  private anchorRealMs = performance.now();
  private advancing = 0;
  private closed = false;

  constructor(
    private anchorAt: number,
    private factor: number,
    private readonly onTaskError: (error: unknown) => void,
  ) {}

  now(): number {
    return Math.floor(this.anchorAt + (performance.now() - this.anchorRealMs) * this.factor);
  }

  get speed(): number {
    return this.factor;
  }

  setFactor(factor: number): void {
    this.moveTo(this.now());
    this.factor = factor;
    this.replan();
  }

  schedule(dueAt: number, run: Run): ScheduledTask {
    const task: PendingTask = {
      dueAt,
      run,
      cancel: () => {
        this.pending.delete(task);
      },
      runNow: () => this.perform(task),
    };
    if (!this.closed) this.pending.add(task);
    this.replan();
    return task;
  }

  /**
   * Moves time forward, doing what falls due in its order and each at its own instant, and waits for all of it;
   * what these tasks schedule within the span happens too. Resolves with how many were done.
   */
  async advance(byMs: number): Promise<number> {
    const targetAt = this.now() + byMs;
    let done = 0;
    this.advancing += 1;
    try {
      for (let task = this.earliest(targetAt); task; task = this.earliest(targetAt)) {
        if (task.dueAt > this.now()) this.moveTo(task.dueAt);
        await this.perform(task);
        done += 1;
      }
      if (targetAt > this.now()) this.moveTo(targetAt);
    } finally {
      this.advancing -= 1;
      this.replan();
    }
    return done;
  }

  close(): void {
    this.closed = true;
    this.pending.clear();
    clearTimeout(this.timer);
  }

  private moveTo(at: number): void {
    this.anchorAt = at;
    this.anchorRealMs = performance.now();
  }

  private earliest(limitAt: number): PendingTask | undefined {
    let first: PendingTask | undefined;
    for (const task of this.pending) {
      if (task.dueAt <= limitAt && (first === undefined || task.dueAt < first.dueAt)) first = task;
    }
    return first;
  }

  private async perform(task: PendingTask): Promise<void> {
    if (!this.pending.delete(task)) return;
    try {
      await task.run();
    } catch (error) {
      if (!this.closed) this.onTaskError(error);
    }
  }

  private replan(): void {
    clearTimeout(this.timer);
    const next = this.advancing > 0 ? undefined : this.earliest(Infinity);
    if (!next) return;
    const waitMs = next.dueAt - this.now();
    if (waitMs > 0 && this.factor === 0) return;
    const realMs = waitMs <= 0 ? 0 : Math.ceil(waitMs / this.factor);
    this.timer = setTimeout(() => this.runDue(), Math.min(realMs, LONGEST_TIMER_MS));
  }

  private runDue(): void {
    const nowAt = this.now();
    for (const task of this.pending) {
      if (task.dueAt <= nowAt) void this.perform(task);
    }
    this.replan();
  }
}
