import type { INestApplicationContext } from '@nestjs/common';
import { DatabaseCheck, Readiness } from './platform/health';
import { Metrics } from './platform/metrics';

/**
 * Shows in every process, whatever its role, that submissions are stopped: in the readiness report, which stays ready
 * because notifications and people must still get through, and as a metric.
 */
export function registerKillSwitchNotice(app: INestApplicationContext, metrics: Metrics): void {
  const check = app.get(DatabaseCheck);
  const reason = async (): Promise<string | undefined> => {
    const [row] = await check.rows<{ engaged: boolean }>('SELECT engaged FROM kill_switch');
    return row?.engaged === true ? 'engaged: nothing is submitted' : undefined;
  };
  app.get(Readiness).registerNotice('kill-switch', reason);
  let last = 0;
  metrics.gauge({
    name: 'kill_switch_engaged',
    help: '1 while the kill switch stops all submissions',
    // A database that is away must not take the other figures with it; it has a check of its own.
    collect: async () =>
      (last = await reason().then(
        (text) => (text === undefined ? 0 : 1),
        () => last,
      )),
  });
}
