import { createHash } from 'node:crypto';
import { REQUEST_FILE_HEADER } from './request-file-rules';

/**
 * SHA-256 of a request file as our writer writes it: the usual header, LF, no byte order mark, no newline at the end.
 * So a file has the same digest whatever its line ends were, and the digest of an upload is that of the file
 * written from its rows.
 */
export class ContentDigest {
  private readonly hash = createHash('sha256').update(REQUEST_FILE_HEADER);

  /** @param lines one or more, joined by LF, without one at the end */
  add(lines: string | Buffer): void {
    this.hash.update('\n').update(lines);
  }

  /** Lower-case hexadecimal. Once only. */
  finish(): string {
    return this.hash.digest('hex');
  }
}
