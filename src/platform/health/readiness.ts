import { Injectable } from '@nestjs/common';
import { messageOf } from '../../kernel/errors';
import { Logger } from '../logging';
import { Lifecycle } from './lifecycle';

/** @returns why the process can't serve, in words fit for the public, or `undefined` when it can. */
export type ReadinessCheck = () => Promise<string | undefined>;

export interface ReadinessReport {
  ready: boolean;
  /** What is not ready, and why; empty when all is well. */
  notReady: Record<string, string>;
  /** Everything that was looked at. */
  checked: string[];
  /** What operators should know of although the process can serve. */
  notices: Record<string, string>;
}

/** A check that takes longer has failed: whoever asks does not wait for long. */
const CHECK_TIMEOUT_MS = 3_000;

/** Collects what must be well before traffic is sent here. Each part of the service registers its own check. */
@Injectable()
export class Readiness {
  private readonly checks = new Map<string, ReadinessCheck>();
  private readonly notices = new Map<string, ReadinessCheck>();
  private inFlight: Promise<ReadinessReport> | undefined;
  private lastProblems = '';

  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly logger: Logger,
  ) {}

  register(name: string, check: ReadinessCheck): void {
    this.checks.set(name, check);
  }

  /** Told in the report, and never a reason to be not ready. */
  registerNotice(name: string, notice: ReadinessCheck): void {
    this.notices.set(name, notice);
  }

  /** Those who ask while a report is being made get that one: asking often costs the database nothing. */
  report(): Promise<ReadinessReport> {
    this.inFlight ??= this.examine().finally(() => (this.inFlight = undefined));
    return this.inFlight;
  }

  private async examine(): Promise<ReadinessReport> {
    const names = [...this.checks.keys()];
    const [problems, notices] = await Promise.all([this.examineAll(this.checks), this.examineAll(this.notices)]);
    if (this.lifecycle.shuttingDown) problems.process = 'shutting down';
    this.logChange(problems);
    return { ready: Object.keys(problems).length === 0, notReady: problems, checked: [...names, 'process'], notices };
  }

  private async examineAll(checks: ReadonlyMap<string, ReadinessCheck>): Promise<Record<string, string>> {
    const answers = await Promise.all([...checks].map(([name, check]) => this.examineOne(name, check)));
    return Object.fromEntries(answers.filter((answer) => answer !== undefined));
  }

  private async examineOne(name: string, check: ReadinessCheck): Promise<[string, string] | undefined> {
    try {
      const problem = await within(CHECK_TIMEOUT_MS, check());
      return problem === undefined ? undefined : [name, problem];
    } catch (error) {
      this.logger.debug('readiness check failed', { check: name, reason: messageOf(error) });
      return [name, 'the check failed'];
    }
  }

  private logChange(problems: Record<string, string>): void {
    const text = JSON.stringify(problems);
    if (text === this.lastProblems) return;
    this.lastProblems = text;
    if (text === '{}') this.logger.info('ready');
    else this.logger.warn('not ready', { notReady: problems });
  }
}

/** A timer of its own and not the clock's: what is limited is how long somebody waits. */
async function within<Result>(timeoutMs: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
