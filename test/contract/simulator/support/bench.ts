import { DEFAULT_OPTIONS, startSimulator, type Simulator, type SimulatorOptions } from '../../../../simulator';
import { startListener, type Listener } from './listener';
import { Merchant, type Row } from './merchant';
import type { StrictAnswer } from './strict-reader';

/** A simulator with a pinned clock, a listener and a signed-in merchant. */
export interface Bench {
  simulator: Simulator;
  listener: Listener;
  merchant: Merchant;
  /** Submits rows, completes the job and gets its notification delivered; resolves with the job's id. */
  completed(rows: readonly Row[]): Promise<string>;
  /** The same, and verifies the notification. */
  verified(rows: readonly Row[]): Promise<string>;
  lastNotification(): StrictAnswer;
  close(): Promise<void>;
}

export async function openBench(options: Partial<SimulatorOptions> = {}): Promise<Bench> {
  const simulator = await startSimulator({ timeFactor: 0, declineRate: 0, ...options });
  const listener = await startListener();
  const merchant = new Merchant(simulator.baseUrl, listener.url);
  const close = async (): Promise<void> => {
    await simulator.close();
    await listener.close();
  };
  const { clientId, clientSecret } = { ...DEFAULT_OPTIONS, ...options };
  try {
    await merchant.signIn(`${clientId}:${clientSecret}`);
  } catch (error) {
    await close();
    throw error;
  }
  const lastNotification = (): StrictAnswer => JSON.parse(listener.received.at(-1)?.body ?? 'null') as StrictAnswer;
  const completed = async (rows: readonly Row[]): Promise<string> => {
    const jobId = await merchant.submitted(rows);
    await simulator.control.deliverNotifications();
    return jobId;
  };
  return {
    simulator,
    listener,
    merchant,
    lastNotification,
    completed,
    verified: async (rows) => {
      const jobId = await completed(rows);
      await merchant.verify(lastNotification());
      return jobId;
    },
    close,
  };
}
