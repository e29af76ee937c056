import { SeededRandom, seedOf } from '../../shared/seeded';
import { definitionOf, isFaultKind, type FaultKind, type FaultOptionValue } from './catalogue';

/** An order to misbehave. Without `times` and `share` it strikes once. */
export interface FaultOrder {
  kind: FaultKind;
  /** Strikes this many times, then is spent. */
  times?: number;
  /** Strikes this share of the calls (0 to 1), drawn by the seed; forever unless `times` ends it. */
  share?: number;
  /** Lets this many calls pass first. */
  skip?: number;
  /** Strikes only calls about this job. */
  jobId?: string;
  options?: Record<string, FaultOptionValue>;
}

/** An armed fault as the control API and the page show it. */
export interface ArmedFaultView {
  id: number;
  kind: FaultKind;
  timesLeft: number | null;
  share: number;
  skip: number;
  jobId: string | null;
  options: Record<string, FaultOptionValue>;
  struck: number;
}

/** A fault that strikes this call: its options, and randomness of its own. */
export class Strike {
  private first: string | undefined;

  constructor(
    readonly kind: FaultKind,
    private readonly options: Readonly<Record<string, FaultOptionValue>>,
    readonly random: SeededRandom,
    /** Resolves when the fault is disarmed: what is held until then. */
    readonly disarmed: Promise<void>,
  ) {}

  number(name: string): number {
    return Number(this.options[name]);
  }

  text(name: string): string {
    return String(this.options[name]);
  }

  /** The first value it was given. */
  firstOf(value: string): string {
    return (this.first ??= value);
  }

  flag(name: string): boolean {
    return this.options[name] === true;
  }
}

interface ArmedFault extends ArmedFaultView {
  random: SeededRandom;
  disarmed: Promise<void>;
  disarm: () => void;
}

/** An order that can't be armed; the message says what is wrong with it. */
export class FaultOrderError extends Error {}

export class ArmedFaults {
  private readonly armed: ArmedFault[] = [];
  private nextId = 1;

  constructor(private readonly seed: string) {}

  arm(order: FaultOrder): ArmedFaultView {
    const checked = checkOrder(order);
    const id = this.nextId;
    this.nextId += 1;
    const once = order.times === undefined && order.share === undefined;
    const { promise: disarmed, resolve: disarm } = promiseWithResolve();
    const fault: ArmedFault = {
      id,
      kind: checked.kind,
      timesLeft: once ? 1 : (order.times ?? null),
      share: order.share ?? 1,
      skip: order.skip ?? 0,
      jobId: order.jobId ?? null,
      options: { ...definitionOf(checked.kind).options, ...order.options },
      struck: 0,
      random: new SeededRandom(seedOf(this.seed, 'fault', id, checked.kind)),
      disarmed,
      disarm,
    };
    this.armed.push(fault);
    return viewOf(fault);
  }

  disarm(id: number): boolean {
    const index = this.armed.findIndex((fault) => fault.id === id);
    for (const fault of index < 0 ? [] : this.armed.splice(index, 1)) fault.disarm();
    return index >= 0;
  }

  disarmAll(): void {
    for (const fault of this.armed.splice(0)) fault.disarm();
  }

  /** Armed ones, spent ones included: what struck how often is part of a test's evidence. */
  list(): ArmedFaultView[] {
    return this.armed.map(viewOf);
  }

  /** As `strike`, noting it on the call. */
  strikeOn(call: { faults: string[] }, kind: FaultKind, jobId: string | null = null): Strike | null {
    const strike = this.strike(kind, jobId);
    if (strike) call.faults.push(kind);
    return strike;
  }

  /** Whether a fault of this kind strikes the call at hand; asking counts as a call. */
  strike(kind: FaultKind, jobId: string | null = null): Strike | null {
    for (const fault of this.armed) {
      if (fault.kind !== kind || fault.timesLeft === 0) continue;
      if (fault.jobId !== null && fault.jobId !== jobId) continue;
      if (fault.skip > 0) {
        fault.skip -= 1;
        continue;
      }
      if (fault.share < 1 && fault.random.next() >= fault.share) continue;
      if (fault.timesLeft !== null) fault.timesLeft -= 1;
      fault.struck += 1;
      return new Strike(kind, fault.options, fault.random, fault.disarmed);
    }
    return null;
  }
}

function promiseWithResolve(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}

function viewOf({ id, kind, timesLeft, share, skip, jobId, options, struck }: ArmedFault): ArmedFaultView {
  return { id, kind, timesLeft, share, skip, jobId, options: { ...options }, struck };
}

function checkOrder(order: FaultOrder): FaultOrder {
  if (!isFaultKind(order.kind)) throw new FaultOrderError(`unknown fault kind ${JSON.stringify(order.kind)}`);
  requireNumber('times', order.times, (value) => Number.isInteger(value) && value >= 1, 'a whole number from 1');
  requireNumber('share', order.share, (value) => value > 0 && value <= 1, 'above 0 and at most 1');
  requireNumber('skip', order.skip, (value) => Number.isInteger(value) && value >= 0, 'a whole number from 0');
  if (order.jobId !== undefined && typeof order.jobId !== 'string') throw new FaultOrderError('jobId must be a string');
  const known = definitionOf(order.kind).options;
  for (const [name, value] of Object.entries(order.options ?? {})) {
    const fallback = known[name];
    if (fallback === undefined) throw new FaultOrderError(`${order.kind} has no option ${JSON.stringify(name)}`);
    if (typeof value !== typeof fallback) throw new FaultOrderError(`option ${name} must be a ${typeof fallback}`);
    requireNumber(name, value, (number) => Number.isFinite(number) && number >= 0, 'a number from 0');
  }
  return order;
}

function requireNumber(name: string, value: unknown, fits: (value: number) => boolean, rule: string): void {
  if (value === undefined || typeof value === 'string' || typeof value === 'boolean') {
    if (value !== undefined && ['times', 'share', 'skip'].includes(name)) {
      throw new FaultOrderError(`${name} must be ${rule}`);
    }
    return;
  }
  if (typeof value !== 'number' || !fits(value)) throw new FaultOrderError(`${name} must be ${rule}`);
}
