import type { InputFault } from './errors';

/** Enough to see what is wrong with a file; a wrong export has the same fault in every line. */
export const MAX_REPORTED_FAULTS = 100;

/** The faults of a file: the first ones in full, all of them counted. */
export class FaultList {
  private readonly first: InputFault[] = [];
  private total = 0;

  get count(): number {
    return this.total;
  }

  get reported(): readonly InputFault[] {
    return this.first;
  }

  add(fault: InputFault): void {
    this.total += 1;
    if (this.first.length < MAX_REPORTED_FAULTS) this.first.push(fault);
  }
}
