import { Injectable } from '@nestjs/common';

/** Whether the process is on its way out. Long work looks at it between its steps, and starts nothing new. */
@Injectable()
export class Lifecycle {
  private readonly controller = new AbortController();

  /** Aborted as soon as the process is asked to end, before anything is closed. */
  get shutdown(): AbortSignal {
    return this.controller.signal;
  }

  get shuttingDown(): boolean {
    return this.controller.signal.aborted;
  }

  beginShutdown(): void {
    this.controller.abort();
  }
}
