import { createHash } from 'node:crypto';
import { MAX_REQUEST_LINE_BYTES, REQUEST_FILE_HEADER } from './request-file-rules';

const LF = 0x0a;
/** Lines are gathered before they are hashed: a call for each takes longer than the hashing. */
const GATHERED_BYTES = 65_536;

/**
 * SHA-256 of a request file as our writer writes it: the usual header, LF, no byte order mark, no newline at the end.
 * So a file has the same digest whatever its line ends were, and the digest of an upload is that of the file
 * written from its rows.
 */
export class ContentDigest {
  private readonly hash = createHash('sha256').update(REQUEST_FILE_HEADER);
  private readonly gathered = Buffer.allocUnsafe(GATHERED_BYTES);
  private filled = 0;

  /** @param line at most {@link MAX_REQUEST_LINE_BYTES} long, without its line end */
  add(line: Buffer): void {
    if (this.filled + 1 + MAX_REQUEST_LINE_BYTES > GATHERED_BYTES) this.flush();
    this.gathered[this.filled] = LF;
    this.filled += 1 + line.copy(this.gathered, this.filled + 1);
  }

  /** Lower-case hexadecimal. Once only. */
  finish(): string {
    this.flush();
    return this.hash.digest('hex');
  }

  private flush(): void {
    this.hash.update(this.gathered.subarray(0, this.filled));
    this.filled = 0;
  }
}
