import { SeededRandom, seedOf } from '../seeded';

export type FaultOptionValue = string | number | boolean;

export interface FaultDefinition {
  /** Where in the gateway's work it strikes. */
  point: string;
  what: string;
  /** Every option with its default; an option of another name or type is refused when arming. */
  options: Readonly<Record<string, FaultOptionValue>>;
}

/** An order to misbehave, perhaps only towards one subject (a job, an order number). Without `times` and `share` it strikes once. */
export type FaultOrderOf<Kind extends string, Subject extends string> = {
  kind: Kind;
  /** Strikes this many times, then is spent. */
  times?: number;
  /** Strikes this share of the calls (0 to 1), drawn by the seed; forever unless `times` ends it. */
  share?: number;
  /** Lets this many calls pass first. */
  skip?: number;
  options?: Record<string, FaultOptionValue>;
} & Partial<Record<Subject, string>>;

/** An armed fault as the control API and the page show it. */
export type ArmedFaultViewOf<Kind extends string, Subject extends string> = {
  id: number;
  kind: Kind;
  timesLeft: number | null;
  share: number;
  skip: number;
  options: Record<string, FaultOptionValue>;
  struck: number;
} & Record<Subject, string | null>;

/** A fault that strikes this call: its options, and randomness of its own. */
export class Strike {
  private first: string | undefined;

  constructor(
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

interface ArmedFault<Kind extends string, Subject extends string> {
  id: number;
  kind: Kind;
  timesLeft: number | null;
  share: number;
  skip: number;
  subjects: Record<Subject, string | null>;
  options: Record<string, FaultOptionValue>;
  struck: number;
  random: SeededRandom;
  disarmed: Promise<void>;
  disarm: () => void;
}

/** What a call is about, by which an armed fault may choose it. */
export type AboutCall<Subject extends string> = Partial<Record<Subject, string | null>>;

/** An order that can't be armed; the message says what is wrong with it. */
export class FaultOrderError extends Error {}

/** The faults a gateway was told to show, out of its own catalogue. */
export class ArmedFaults<Kind extends string, Subject extends string> {
  private readonly armed: ArmedFault<Kind, Subject>[] = [];
  private nextId = 1;

  constructor(
    private readonly seed: string,
    private readonly catalogue: Readonly<Record<Kind, FaultDefinition>>,
    private readonly subjects: readonly Subject[],
  ) {}

  arm(order: FaultOrderOf<Kind, Subject>): ArmedFaultViewOf<Kind, Subject> {
    const definition = this.check(order);
    const id = this.nextId;
    this.nextId += 1;
    const once = order.times === undefined && order.share === undefined;
    const { promise: disarmed, resolve: disarm } = promiseWithResolve();
    const fault: ArmedFault<Kind, Subject> = {
      id,
      kind: order.kind,
      timesLeft: once ? 1 : (order.times ?? null),
      share: order.share ?? 1,
      skip: order.skip ?? 0,
      subjects: Object.fromEntries(this.subjects.map((name) => [name, order[name] ?? null])) as ArmedFault<
        Kind,
        Subject
      >['subjects'],
      options: { ...definition.options, ...order.options },
      struck: 0,
      random: new SeededRandom(seedOf(this.seed, 'fault', id, order.kind)),
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
  list(): ArmedFaultViewOf<Kind, Subject>[] {
    return this.armed.map((fault) => viewOf(fault));
  }

  /** Subjects that faults of a kind which may still strike were armed for. */
  named(kind: Kind, subject: Subject): string[] {
    const waiting = this.armed.filter((fault) => fault.kind === kind && fault.timesLeft !== 0);
    return waiting.flatMap(({ subjects }) => subjects[subject] ?? []);
  }

  /** As `strike`, noting it on the call. */
  strikeOn(call: { faults: string[] }, kind: Kind, about: AboutCall<Subject> = {}): Strike | null {
    const strike = this.strike(kind, about);
    if (strike) call.faults.push(kind);
    return strike;
  }

  /** Whether a fault of this kind strikes the call at hand; asking counts as a call. */
  strike(kind: Kind, about: AboutCall<Subject> = {}): Strike | null {
    for (const fault of this.armed) {
      if (fault.kind !== kind || fault.timesLeft === 0) continue;
      if (this.subjects.some((name) => fault.subjects[name] !== null && fault.subjects[name] !== about[name])) continue;
      if (fault.skip > 0) {
        fault.skip -= 1;
        continue;
      }
      if (fault.share < 1 && fault.random.next() >= fault.share) continue;
      if (fault.timesLeft !== null) fault.timesLeft -= 1;
      fault.struck += 1;
      return new Strike(fault.options, fault.random, fault.disarmed);
    }
    return null;
  }

  private check(order: FaultOrderOf<Kind, Subject>): FaultDefinition {
    if (!Object.hasOwn(this.catalogue, order.kind)) {
      throw new FaultOrderError(`unknown fault kind ${JSON.stringify(order.kind)}`);
    }
    requireNumber('times', order.times, (value) => Number.isInteger(value) && value >= 1, 'a whole number from 1');
    requireNumber('share', order.share, (value) => value > 0 && value <= 1, 'above 0 and at most 1');
    requireNumber('skip', order.skip, (value) => Number.isInteger(value) && value >= 0, 'a whole number from 0');
    for (const name of this.subjects) {
      const subject: unknown = order[name];
      if (subject !== undefined && typeof subject !== 'string') throw new FaultOrderError(`${name} must be a string`);
    }
    const definition = this.catalogue[order.kind];
    for (const [name, value] of Object.entries(order.options ?? {})) {
      const fallback = definition.options[name];
      if (fallback === undefined) throw new FaultOrderError(`${order.kind} has no option ${JSON.stringify(name)}`);
      if (typeof value !== typeof fallback) throw new FaultOrderError(`option ${name} must be a ${typeof fallback}`);
      requireNumber(name, value, (number) => Number.isFinite(number) && number >= 0, 'a number from 0');
    }
    return definition;
  }
}

function promiseWithResolve(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}

function viewOf<Kind extends string, Subject extends string>(
  fault: ArmedFault<Kind, Subject>,
): ArmedFaultViewOf<Kind, Subject> {
  const { id, kind, timesLeft, share, skip, subjects, options, struck } = fault;
  return { id, kind, timesLeft, share, skip, ...subjects, options: { ...options }, struck };
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
