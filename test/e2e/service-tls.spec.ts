import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type SecureVersion, type TLSSocket } from 'node:tls';
import { readConfiguration } from '../../src/config';
import { startService, type RunningService } from '../../src/service';
import { makeCertificate, type CertificatePair } from '../support/certificate';
import { serviceEnvironment } from '../support/service-environment';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { until } from '../support/until';

describe('the service over HTTPS', () => {
  let database: TestDatabase;
  let directory: string;
  let service: RunningService;
  const logLines: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    directory = await mkdtemp(join(tmpdir(), 'tls-'));
    await mount(makeCertificate('first'));
    service = await start();
  });

  afterAll(async () => {
    await service.close();
    await database.drop();
    await rm(directory, { recursive: true });
  });

  function start(settings: NodeJS.ProcessEnv = {}): Promise<RunningService> {
    const environment = serviceEnvironment(database.url, {
      ROLE: 'listener',
      LOG_LEVEL: 'info',
      TLS_CERT_FILE: join(directory, 'tls.crt'),
      TLS_KEY_FILE: join(directory, 'tls.key'),
      ...settings,
    });
    return startService(readConfiguration(environment), {
      tlsPollMs: 10,
      drainTimes: { noticeMs: 0, finishMs: 5_000 },
      logDestination: { write: (line) => void logLines.push(line) },
    });
  }

  /** As Kubernetes changes mounted files: a new directory, and the link to it replaced by a rename. */
  async function mount({ cert, key }: CertificatePair): Promise<void> {
    const version = await mkdtemp(join(directory, '..version-'));
    await writeFile(join(version, 'tls.crt'), cert);
    await writeFile(join(version, 'tls.key'), key);
    const isFirst = await mkdir(join(directory, '.mounted')).then(
      () => true,
      () => false,
    );
    await symlink(version, join(directory, '..new'));
    await rename(join(directory, '..new'), join(directory, '..data'));
    if (!isFirst) return;
    for (const name of ['tls.crt', 'tls.key']) await symlink(join('..data', name), join(directory, name));
  }

  /** A client that speaks one version, or whatever it can, and of TLS 1.2 the suites it is told. */
  function handshake(version?: SecureVersion, suites = 'ALL', to = service): Promise<TLSSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect({
        port: Number(new URL(to.url).port),
        host: '127.0.0.1',
        rejectUnauthorized: false,
        ...(version && { minVersion: version, maxVersion: version, ciphers: `${suites}:@SECLEVEL=0` }),
      });
      socket.once('secureConnect', () => resolve(socket));
      socket.once('error', reject);
    });
  }

  async function shownName(): Promise<string> {
    const socket = await handshake();
    const { CN } = socket.getPeerCertificate().subject;
    socket.destroy();
    return String(CN);
  }

  const logged = (message: string) => logLines.filter((line) => line.includes(message));

  it('answers over HTTPS, and says so in its address', async () => {
    expect(service.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const status = await new Promise((resolve, reject) => {
      const call = request(`${service.url}/health/live`, { rejectUnauthorized: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      call.once('error', reject).end();
    });
    expect(status).toBe(200);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('speaks %s', async (version) => {
    const socket = await handshake(version);
    expect(socket.getProtocol()).toBe(version);
    socket.destroy();
  });

  it.each(['TLSv1', 'TLSv1.1'] as const)('does not speak %s, and says so in the handshake', async (version) => {
    await expect(handshake(version)).rejects.toThrow(/alert protocol version/);
  });

  describe.each(['ec', 'rsa'] as const)('of TLS 1.2 with a certificate of %s', (kind) => {
    let other: RunningService;
    const name = kind === 'ec' ? 'ECDSA' : 'RSA';

    beforeAll(async () => {
      const { cert, key } = makeCertificate(kind, kind);
      const [certFile, keyFile] = [join(directory, `${kind}.crt`), join(directory, `${kind}.key`)];
      await writeFile(certFile, cert);
      await writeFile(keyFile, key);
      other = await start({ TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile });
    });

    afterAll(() => other.close());

    it.each([`ECDHE-${name}-AES128-GCM-SHA256`, `ECDHE-${name}-AES256-GCM-SHA384`, `ECDHE-${name}-CHACHA20-POLY1305`])(
      'speaks %s',
      async (suite) => {
        const socket = await handshake('TLSv1.2', suite, other);
        expect(socket.getCipher().name).toBe(suite);
        socket.destroy();
      },
    );

    it.each([
      ...[`ECDHE-${name}-AES128-SHA256`, `ECDHE-${name}-AES256-SHA384`, `ECDHE-${name}-AES128-SHA`],
      ...(kind === 'rsa' ? ['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'AES128-SHA256', 'AES128-SHA'] : []),
    ])('does not speak %s', async (suite) => {
      await expect(handshake('TLSv1.2', suite, other)).rejects.toThrow(/alert handshake failure/);
    });
  });

  it('takes a new certificate without a restart, and lets open connections be', async () => {
    const open = await handshake();
    await mount(makeCertificate('second'));
    await until('the new certificate is shown', async () => ((await shownName()) === 'second' ? true : undefined));
    expect(open.destroyed).toBe(false);
    open.destroy();
    expect(logged('TLS certificate renewed')).toHaveLength(1);
  });

  it('keeps the old one when the new one can’t be used, says so once, and takes the next good one', async () => {
    const { cert } = makeCertificate('not its key');
    await mount({ cert, key: makeCertificate('another').key });
    await until('it is refused', async () => (logged('new TLS certificate refused').length > 0 ? true : undefined));
    expect(await shownName()).toBe('second');
    await mount({ cert: 'no certificate', key: 'no key' });
    await until('it is refused', async () => (logged('new TLS certificate refused').length > 1 ? true : undefined));
    expect(await shownName()).toBe('second');
    await mount(makeCertificate('third'));
    await until('the good one is shown', async () => ((await shownName()) === 'third' ? true : undefined));
    expect(logged('new TLS certificate refused')).toHaveLength(2);
    expect(logLines.join('')).not.toContain('PRIVATE KEY');
  });

  it('does not start with a certificate it can’t use, and names the settings', async () => {
    await expect(start({ TLS_KEY_FILE: join(directory, 'missing') })).rejects.toThrow(
      /TLS_CERT_FILE and TLS_KEY_FILE can't be used: .*ENOENT/,
    );
    await writeFile(join(directory, 'wrong.key'), makeCertificate('another').key);
    await expect(start({ TLS_KEY_FILE: join(directory, 'wrong.key') })).rejects.toThrow(
      /TLS_CERT_FILE and TLS_KEY_FILE/,
    );
  });
});
