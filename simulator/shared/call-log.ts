/** One call in either direction, as the log line and the control API show it; never with a secret in full. */
export interface RecordedCall {
  at: string;
  direction: 'in' | 'out';
  method: string;
  path: string;
  /** Null when the connection was cut or no answer came. */
  status: number | null;
  durationMs: number;
  /** What it was about, in words. */
  note: string;
  faults: string[];
}

/** Enough to look back over a test or a demo; older ones are in the printed log. */
const CALLS_KEPT = 1000;

/** Shows which secret it is without showing it. */
export function shortened(secret: string): string {
  return secret.length <= 8 ? '…' : `${secret.slice(0, 6)}…`;
}

/** The last part of a notification address is the merchant's secret, so it is shortened in logs. */
export function shortenedUrl(url: string): string {
  const cut = url.lastIndexOf('/');
  const last = url.slice(cut + 1);
  return last.length > 16 ? `${url.slice(0, cut + 1)}${shortened(last)}` : url;
}

/** Control characters of a caller must not forge lines of the log. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '?');
}

export class CallLog {
  private readonly calls: RecordedCall[] = [];

  constructor(private readonly print: (line: string) => void) {}

  record(call: RecordedCall): void {
    this.calls.push(call);
    if (this.calls.length > CALLS_KEPT) this.calls.shift();
    const arrow = call.direction === 'in' ? '<-' : '->';
    const faults = call.faults.length > 0 ? ` [fault: ${call.faults.join(', ')}]` : '';
    const status = call.status === null ? 'CUT' : String(call.status);
    this.print(
      printable(`${call.at} ${arrow} ${call.method} ${call.path} ${status} ${call.durationMs}ms ${call.note}${faults}`),
    );
  }

  say(line: string): void {
    this.print(printable(line));
  }

  recent(): readonly RecordedCall[] {
    return this.calls;
  }
}
