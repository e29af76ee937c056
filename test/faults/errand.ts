import type { FaultWorld } from './fault-world';
import type { Replica } from './replica';
import type { Work } from './schedule';

/** A step of an errand. @returns whether it is done; what failed or is not ready yet is tried again */
export type ErrandStep = (replica: Replica) => Promise<boolean>;

/**
 * Something that somebody goes through step by step, as a customer does between the shop's page and the gateway's window. Who got
 * no answer does the same step again, and so does who is impatient: a page is reloaded while its first answer is still awaited.
 */
export class Errand implements Work {
  isDone = false;
  private at = 0;

  constructor(
    readonly name: string,
    private readonly steps: readonly ErrandStep[],
  ) {}

  /** The next step, by a replica that has the admin API. */
  async attempt(replica: Replica): Promise<void> {
    const at = this.at;
    const step = this.steps[at];
    if (step !== undefined && !(await step(replica))) return;
    this.at = Math.max(this.at, at + 1);
    this.isDone ||= this.at >= this.steps.length;
  }

  /** Nothing more is to be had: the order is over, or the card was refused. */
  giveUp(): true {
    this.isDone = true;
    return true;
  }
}

export interface Answer<Body> {
  status: number;
  body: Body;
}

/** Asks a replica as a browser or the shop's server does. @throws {Error} when there is no answer, or one of a fault of the service's own */
export async function asked<Body>(url: string, init: RequestInit = {}): Promise<Answer<Body>> {
  const response = await fetch(url, init);
  if (response.status >= 500) throw new Error(`${url} answered ${response.status}`);
  return { status: response.status, body: (await response.json()) as Body };
}

/** Follows an address that leads back to the shop, to one of the replicas customers reach. */
export async function ledBack(replica: Replica, address: string): Promise<string | undefined> {
  const { pathname, search } = new URL(address);
  const response = await fetch(`${replica.url}${pathname}${search}`, { redirect: 'manual' });
  await response.arrayBuffer();
  return response.status === 303 ? (response.headers.get('location') ?? '') : undefined;
}

/** A replica that customers reach: the one for the shop's server where it is one. */
export function forCustomers(world: FaultWorld, replica: Replica): Replica | undefined {
  return replica.has('checkout') ? replica : world.having('checkout')[0];
}
