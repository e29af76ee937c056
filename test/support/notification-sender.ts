import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface SentRequest {
  method?: string;
  /** Behind `/noti_listener`. */
  path?: string;
  headers?: Record<string, string>;
  body?: string;
}

export interface SendOrder {
  /** Of the listener. */
  url: string;
  requests: readonly SentRequest[];
  /** At once. */
  connections: number;
  /** Of each connection between two requests. */
  pauseMs: number;
}

export interface SentAnswer {
  /** 0 where the connection was lost. */
  status: number;
}

const PROGRAM = join(__dirname, 'notification-sender.process.ts');
const REGISTER = join(__dirname, 'swc-register.cjs');

/** Sends notifications from a process of its own, so that the listener’s is not held up by the sending. */
export class NotificationSender {
  private constructor(private readonly child: ChildProcess) {}

  static async start(): Promise<NotificationSender> {
    const child = fork(PROGRAM, { execArgv: ['--require', REGISTER] });
    await once(child, 'message');
    return new NotificationSender(child);
  }

  /** @returns an answer for each request, in their order */
  async send(
    { url }: { url: string },
    requests: readonly SentRequest[],
    { connections = 1, pauseMs = 0 }: { connections?: number; pauseMs?: number } = {},
  ): Promise<SentAnswer[]> {
    this.child.send({ url: `${url}/noti_listener`, requests, connections, pauseMs } satisfies SendOrder);
    const [answers] = (await once(this.child, 'message')) as [SentAnswer[]];
    return answers;
  }

  async close(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }
}
