import { ArmedFaults, type ArmedFaultViewOf, type FaultOrderOf } from '../../shared/faults/armed-faults';
import { FAULTS, type FaultKind } from './catalogue';

export { FaultOrderError, type Strike } from '../../shared/faults/armed-faults';

/** A fault may strike calls about one job only. */
export type FaultOrder = FaultOrderOf<FaultKind, 'jobId'>;
export type ArmedFaultView = ArmedFaultViewOf<FaultKind, 'jobId'>;

/** T store's armed faults. */
export class TstoreFaults extends ArmedFaults<FaultKind, 'jobId'> {
  constructor(seed: string) {
    super(seed, FAULTS, ['jobId']);
  }
}
