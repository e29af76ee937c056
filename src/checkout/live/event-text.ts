import type { OrderPosition, OrderStep } from '../../order';
import { checkoutViewOf } from '../checkout.view';

/** A comment: says nothing, and that we are there. */
export const HEARTBEAT = ':\n\n';

/** A step of an order as an event: what `GET` of the order shows, under the position that the browser comes back with. */
export function eventOf({ position, order, deposit }: OrderStep): string {
  const view = JSON.stringify(checkoutViewOf(order, deposit));
  return `id: ${idOf(position)}\nevent: order\ndata: ${view}\n\n`;
}

/** After how long a browser whose stream has ended comes back. */
export function retryOf(milliseconds: number): string {
  return `retry: ${Math.round(milliseconds)}\n\n`;
}

/** By the order's own steps: of how many other orders there are, a position says nothing. */
function idOf({ steps, deposited }: OrderPosition): string {
  return `${steps}${deposited ? 'd' : ''}`;
}

/** What a browser comes back with; anything else is of one who has seen nothing. */
export function positionOf(lastEventId: string | undefined): OrderPosition | undefined {
  const [, steps, deposited] = /^(\d{1,6})(d?)$/.exec(lastEventId ?? '') ?? [];
  return steps === undefined ? undefined : { steps: Number(steps), deposited: deposited === 'd' };
}
