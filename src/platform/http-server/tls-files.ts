import { X509Certificate, createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions, type Server as TlsServer } from 'node:tls';
import { messageOf } from '../../kernel/errors';
import type { Logger } from '../logging';

/** Read anew in so long. Reading two small files costs nothing, and sees renames and swapped links that watching misses. */
const POLL_MS = 5_000;

/** Of TLS 1.2 only suites with forward secrecy and authenticated encryption: no CBC, no static RSA. */
const PROTOCOL = {
  minVersion: 'TLSv1.2',
  ciphers: [
    ...['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'],
    ...['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
    ...['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
    ...['ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'],
  ].join(':'),
  honorCipherOrder: true,
} as const;

export interface TlsFilePaths {
  certFile: string;
  keyFile: string;
}

/**
 * The certificate and key of the server, taken anew when the files change, without a restart. A pair that can't be used
 * leaves the old one in place: while a renewal is half written, certificate and key don't belong together.
 */
export class TlsFiles {
  private usedDigest = '';
  private refusedDigest = '';
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly paths: TlsFilePaths,
    private readonly logger: Logger,
    private readonly pollMs = POLL_MS,
  ) {}

  /** @throws {Error} naming the settings, when the files can't be read or used */
  async load(): Promise<SecureContextOptions> {
    try {
      const { options, digest } = await this.read();
      createSecureContext(options);
      this.usedDigest = digest;
      return options;
    } catch (error) {
      throw new Error(`TLS_CERT_FILE and TLS_KEY_FILE can't be used: ${messageOf(error)}`, { cause: error });
    }
  }

  /** Until {@link stop}. New connections get the new certificate; open ones go on with theirs. */
  watch(server: TlsServer): void {
    const poll = async (): Promise<void> => {
      await this.renew(server);
      if (this.timer !== undefined) this.timer = setTimeout(() => void poll(), this.pollMs).unref();
    };
    this.timer = setTimeout(() => void poll(), this.pollMs).unref();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private async renew(server: TlsServer): Promise<void> {
    let digest = 'unreadable';
    try {
      const files = await this.read();
      digest = files.digest;
      if (digest === this.usedDigest || digest === this.refusedDigest) return;
      // Both throw on a pair that does not fit, before anything of the server is changed.
      createSecureContext(files.options);
      server.setSecureContext(files.options);
      this.usedDigest = digest;
      const { subject, validTo } = new X509Certificate(files.options.cert as Buffer);
      this.logger.info('TLS certificate renewed', { subject, validTo });
    } catch (error) {
      if (digest === this.refusedDigest) return;
      this.refusedDigest = digest;
      this.logger.error('new TLS certificate refused; the old one stays in use', { ...this.paths, error });
    }
  }

  private async read(): Promise<{ options: SecureContextOptions; digest: string }> {
    const [cert, key] = await Promise.all([readFile(this.paths.certFile), readFile(this.paths.keyFile)]);
    const digest = createHash('sha256').update(cert).update(key).digest('hex');
    return { options: { cert, key, ...PROTOCOL }, digest };
  }
}
