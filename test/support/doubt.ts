import type { FaultKind } from '../../simulator/tstore/faults/catalogue';
import type { BillingWorld, JsonAnswer, JsonBody } from './billing-world';
import { agreed, send } from './subscribers';
import { until } from './until';

/** Waits until the newest job is in doubt. @returns it */
export async function newestInDoubt(world: BillingWorld): Promise<JsonBody> {
  return until('the newest job is in doubt', async () => {
    const [job] = (await world.get('bulk-payment-jobs?limit=1')).body.items;
    return job?.inDoubt === true ? job : undefined;
  });
}

/** Submits a file whose answer is lost in this way, and waits until its job is in doubt. @returns the job */
export async function uploadInDoubt(world: BillingWorld, file: string, kind: FaultKind): Promise<JsonBody> {
  world.simulator.control.armFault({ kind });
  const { body } = await world.upload(file);
  return until(`job ${body.id} is in doubt`, async () => {
    const job = (await world.get(`bulk-payment-jobs/${body.id}`)).body;
    return job.inDoubt && job.submission?.doubt ? job : undefined;
  });
}

/** What Kim says of a job in doubt, with Lee agreeing at once. @returns the job as it is then, or the refusal */
export async function saidByTwo(world: BillingWorld, id: string, act: string, body: object): Promise<JsonAnswer> {
  const asked = await send(world, 'POST', `bulk-payment-jobs/${id}/${act}`, body);
  if (asked.status !== 202) return asked;
  const done = await agreed(world, asked);
  return done.status === 200 ? world.get(`bulk-payment-jobs/${id}`) : done;
}

/** Waits until there is an open line stop of a kind. @returns the newest */
export async function openStop(world: BillingWorld, kind: string): Promise<JsonBody> {
  return until(`the line is stopped: ${kind}`, async () => {
    const { body } = await world.get(`line-stops?state=Open&kind=${kind}`);
    return body.items[0];
  });
}

/** What Kim says of a line stop, with Lee agreeing at once where it is about money. @returns the stop then, or the refusal */
export async function resolvedByTwo(
  world: BillingWorld,
  id: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<JsonAnswer> {
  const asked = await send(world, 'POST', `line-stops/${id}/resolve`, body, headers);
  if (asked.status !== 202) return asked;
  const done = await agreed(world, asked);
  return done.status === 200 ? world.get(`line-stops/${id}`) : done;
}

/** The value of a metric as the service shows it. */
export async function metricOf(world: BillingWorld, name: string): Promise<number> {
  const text = await (await fetch(`${world.service.url}/metrics`)).text();
  return Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1]);
}
