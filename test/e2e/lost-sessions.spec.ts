import { Client } from 'pg';
import { EndingSessions } from '../support/ending-sessions';
import { pnsMessage, sendOnce } from '../support/listener-world';
import { serviceEnvironment } from '../support/service-environment';
import { ServiceProcess } from '../support/service-process';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

const EVERYBODY_ELSE = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()`;

describe('a service whose database sessions end at any moment', () => {
  let database: TestDatabase;
  let sessions: EndingSessions;
  let service: ServiceProcess;
  let url: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    sessions = await EndingSessions.before(database.url);
    service = ServiceProcess.start(
      serviceEnvironment(sessions.url, { LOG_LEVEL: 'info', SCHEDULER_TICK_SECONDS: '1' }),
    );
    url = await service.url();
  });

  afterAll(async () => {
    service.signal('SIGKILL');
    await service.ended;
    await sessions.close();
    await database.drop();
  });

  /** Resolves when a message is stored and the process says it is ready; rejects if the process is gone. */
  async function expectToRecover(jobId: string): Promise<void> {
    await until('a notification is stored', async () => {
      const { status } = await sendOnce({ url }, '', pnsMessage(jobId));
      return status === 200 ? true : undefined;
    });
    await until('it is ready', async () => {
      const { status } = await fetch(`${url}/health/ready`);
      return status === 200 ? true : undefined;
    });
    expect(service.log).not.toContain('unhandled fault');
    expect(service.complaint).toBe('');
  }

  it.each([1, 2, 3, 4, 5])('lives on when new ones end with what makes them ready for the %i. time', async (behind) => {
    sessions.end(20, behind);
    await expectToRecover(`ready-${behind}`);
  });

  it('lives on while somebody terminates them all, again and again', async () => {
    const administrator = new Client({ connectionString: database.url });
    await administrator.connect();
    for (let round = 0; round < 60; round += 1) {
      const asked = [sendOnce({ url }, '', pnsMessage(`round-${round}`)), fetch(`${url}/health/ready`)];
      await administrator.query(EVERYBODY_ELSE);
      await Promise.all(asked);
    }
    await administrator.end();
    await expectToRecover('afterwards');
  });
});
