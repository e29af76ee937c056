import { Injectable } from '@nestjs/common';

/** Whether the process is on its way out. Long work looks at it between its steps, and starts nothing new. */
@Injectable()
export class Lifecycle {
  private readonly controller = new AbortController();
  private readonly closing = new AbortController();

  /** Aborted as soon as the process is asked to end, before anything is closed. */
  get shutdown(): AbortSignal {
    return this.controller.signal;
  }

  get shuttingDown(): boolean {
    return this.controller.signal.aborted;
  }

  /** Aborted when no more is taken from outside: answers that would go on for long end themselves, and nobody waits for them. */
  get acceptingEnded(): AbortSignal {
    return this.closing.signal;
  }

  beginShutdown(): void {
    this.controller.abort();
  }

  endAccepting(): void {
    this.closing.abort();
  }
}
