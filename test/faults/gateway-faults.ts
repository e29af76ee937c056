import type { FaultOrder } from '../../simulator/tstore/faults/armed-faults';
import { FAULTS, type FaultKind } from '../../simulator/tstore/faults/catalogue';
import type { SeededRandom } from '../../simulator/shared/seeded';

/** Where faults strike, each as often as the other. */
const POINTS = ['token', 'api', 'submission', 'notification', 'verification', 'result', 'lookup', 'refund'];
/**
 * How long a lookup may be stale the service is told by a setting; a clock that jumps would make it any time. And nobody is
 * there who disarms what is held until then.
 */
const KINDS = (Object.keys(FAULTS) as FaultKind[]).filter((kind) => kind !== 'lookup-stale' && !kind.endsWith('-held'));

/** Real time, of which there is little. */
const QUICK: Readonly<Record<string, number>> = { delayMs: 20, everyMs: 1 };

/** Draws a fault of the gateway that strikes a few times, now or some calls later. */
export function drawFault(random: SeededRandom): FaultOrder {
  const point = POINTS[random.below(POINTS.length)];
  const kinds = KINDS.filter((kind) => FAULTS[kind].point === point);
  const kind = kinds[random.below(kinds.length)] as FaultKind;
  const known = Object.keys(FAULTS[kind].options);
  const options = Object.fromEntries(Object.entries(QUICK).filter(([name]) => known.includes(name)));
  return { kind, times: 1 + random.below(2), skip: random.below(3), options };
}
