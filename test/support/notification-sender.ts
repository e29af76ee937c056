import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { built } from './built';

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

/** What comes in too slowly, or can't be stored in time. */
const LATE = [408, 503];
/** Far more often than even a busy machine's database is too slow for PNS. */
const MOST_TIMES = 30;
const PROGRAM = built('test/support/notification-sender.process');

/** Sends notifications from a process of its own, so that the listener’s is not held up by the sending. */
export class NotificationSender {
  private constructor(private readonly child: ChildProcess) {}

  static async start(): Promise<NotificationSender> {
    const child = fork(PROGRAM);
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

  /**
   * Sends as PNS does: what the listener could not read or store in time, as on a busy machine, once more.
   *
   * @returns the last answer for each request, and how many were refused on the way: each may have been stored all the same
   */
  async deliver(
    service: { url: string },
    requests: readonly SentRequest[],
    options: { connections?: number; pauseMs?: number } = {},
  ): Promise<{ answers: SentAnswer[]; refused: number }> {
    const answers = await this.send(service, requests, options);
    for (let refused = 0, times = 1; ; times++) {
      const again = [...answers.keys()].filter((at) => LATE.includes(answers[at]?.status ?? 0));
      if (again.length === 0 || times === MOST_TIMES) return { answers, refused };
      refused += again.length;
      const resent = again.map((at) => requests[at] as SentRequest);
      for (const [index, answer] of (await this.send(service, resent, options)).entries()) {
        answers[again[index] as number] = answer;
      }
    }
  }

  async close(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }
}
