import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clock } from '../clock';
import { NestLogger } from './nest-logger';
import { openRootLogger } from './root-logger';

class SetClock extends Clock {
  instant = new Date('2026-03-31T14:59:59Z');

  now(): Date {
    return this.instant;
  }
}

interface Line extends Record<string, unknown> {
  level: string;
  msg: string;
}

describe('the log', () => {
  let directory: string;
  let written: string[];
  const destination = { write: (line: string) => void written.push(line) };
  const lines = () => written.map((line) => JSON.parse(line) as Line);

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'log-'));
    written = [];
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  function open(level: 'info' | 'debug' | 'silent' = 'info', clock = new SetClock()) {
    return openRootLogger({ level, directory: undefined, retentionDays: 90 }, { destination, clock });
  }

  it('writes one JSON object a line, with its time, level, fields and those of its parents', () => {
    open().logger.child({ component: 'x' }).child({ jobId: '7' }).warn('looked', { count: 2 });
    expect(written[0]).toMatch(/\n$/);
    expect(lines()).toEqual([
      {
        level: 'warn',
        time: '2026-03-31T14:59:59.000Z',
        pid: process.pid,
        component: 'x',
        jobId: '7',
        count: 2,
        msg: 'looked',
      },
    ]);
  });

  it('leaves nothing running when it is closed', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick'] });
    try {
      const log = openRootLogger({ level: 'silent', directory: undefined, retentionDays: 90 });
      expect(jest.getTimerCount()).toBe(1);
      await log.close();
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });

  it('keeps to its level', () => {
    const { logger } = open('info');
    logger.debug('unseen');
    logger.info('seen');
    open('silent').logger.fatal('unseen');
    expect(lines().map(({ msg }) => msg)).toEqual(['seen']);
  });

  it('masks secrets in fields, in fields of children, in messages and in errors', () => {
    const { logger } = open();
    logger.child({ request: { accessToken: 'abcdef' } }).error('sent Bearer abcdefgh', {
      headers: { authorization: 'Bearer abcdefgh' },
      error: new Error('POST /noti_listener/abcdefgh failed'),
    });
    expect(written.join('')).not.toContain('abcdef');
    expect(lines()[0]).toMatchObject({ error: { type: 'Error', message: 'POST /noti_listener/*** failed' } });
  });

  it('masks what Fastify logs through the library’s own logger', () => {
    const { pino } = open();
    pino.error({ req: { url: '/noti_listener/abcdefgh', headers: { cookie: 'abcdefgh' } } }, 'failed');
    pino.error(new Error('Bearer abcdefgh'));
    expect(written).toHaveLength(2);
    expect(written.join('')).not.toContain('abcdefgh');
  });

  it('takes over Nest’s messages, its chatter about modules and routes at debug only', () => {
    const nest = new NestLogger(open('info').logger);
    nest.log('Mapped {/x, GET} route', 'RouterExplorer');
    nest.log('hello', 'Other');
    nest.error(new Error('broken'), 'stack', 'Other');
    expect(lines()).toMatchObject([
      { level: 'info', msg: 'hello', context: 'Other' },
      { level: 'error', msg: 'broken', context: 'Other', error: { message: 'broken' } },
    ]);
  });

  describe('in files', () => {
    const openFiles = (clock: Clock, retentionDays = 90) =>
      openRootLogger({ level: 'info', directory: join(directory, 'logs'), retentionDays }, { destination, clock });
    const files = () => readdirSync(join(directory, 'logs')).sort();
    const read = (name: string) => readFileSync(join(directory, 'logs', name), 'utf8');

    it('begins a new file with the day in Seoul and leaves each line in its own day', async () => {
      const clock = new SetClock();
      const log = openFiles(clock);
      log.logger.info('before midnight');
      clock.instant = new Date('2026-03-31T15:00:00Z');
      log.logger.info('after midnight');
      await log.close();
      expect(files()).toEqual(['service-2026-03-31.log', 'service-2026-04-01.log']);
      expect(read('service-2026-03-31.log')).toContain('before midnight');
      expect(read('service-2026-03-31.log')).not.toContain('after midnight');
      expect(read('service-2026-04-01.log')).toContain('after midnight');
      expect(written).toHaveLength(2);
    });

    it('goes on in the file of the day after a restart', async () => {
      const clock = new SetClock();
      for (const message of ['first', 'second']) {
        const log = openFiles(clock);
        log.logger.info(message);
        await log.close();
      }
      expect(files()).toEqual(['service-2026-03-31.log']);
      expect(read('service-2026-03-31.log')).toMatch(/first[^]*second/);
    });

    it('deletes files past the retention, those exactly as old as it not, and never a file of somebody else', async () => {
      const clock = new SetClock();
      await openFiles(clock).close();
      const others = ['service-2026-03-28.log', 'service-2026-03-29.log', 'service.log', 'service-2020-99-99.log'];
      for (const name of others) writeFileSync(join(directory, 'logs', name), 'x');
      await openFiles(clock, 2).close();
      expect(files()).toEqual([
        'service-2020-99-99.log',
        'service-2026-03-29.log',
        'service-2026-03-31.log',
        'service.log',
      ]);
    });

    it('masks secrets there too', async () => {
      const log = openFiles(new SetClock());
      log.logger.info('sent', { accessToken: 'abcdefgh' });
      await log.close();
      expect(read('service-2026-03-31.log')).not.toContain('abcdefgh');
    });

    it('refuses a directory it can’t make', () => {
      writeFileSync(join(directory, 'logs'), 'a file');
      expect(() => openFiles(new SetClock())).toThrow(/EEXIST/);
    });
  });
});
