import type { SimulatorClock } from '../shared/clock';
import { seoulLocal } from '../shared/seoul-time';
import type { KakaoPayOptions } from './options';

/** What can be changed while it runs. */
export class Settings {
  tidLifeMs: number;
  lastApprovedAtMoves: boolean;
  /** Whether charges of money fail from 23:30 to 00:35, as banks do. */
  hasBankWindow = false;
  private maintenance: { untilAt: number; code: number } | null = null;

  constructor(
    options: KakaoPayOptions,
    private readonly clock: SimulatorClock,
  ) {
    this.tidLifeMs = options.kakaopayTidLifeMs;
    this.lastApprovedAtMoves = options.kakaopayLastApprovedAtMoves;
  }

  /** Everything is off for so long, and every call answers this code. */
  beginMaintenance(forMs: number, code: number): void {
    this.maintenance = { untilAt: this.clock.now() + forMs, code };
  }

  endMaintenance(): void {
    this.maintenance = null;
  }

  /** The code that a call is answered with now; null while all is on. */
  maintenanceCode(): number | null {
    return this.maintenance !== null && this.clock.now() < this.maintenance.untilAt ? this.maintenance.code : null;
  }

  maintenanceUntil(): number | null {
    return this.maintenanceCode() === null ? null : (this.maintenance?.untilAt ?? null);
  }

  areBanksClosed(): boolean {
    const time = seoulLocal(this.clock.now()).slice(11, 16);
    return this.hasBankWindow && (time >= '23:30' || time < '00:35');
  }
}
