import { open } from 'node:fs/promises';
import { NO_TRANSACTION_ID, RESULT_CODE_SUCCESS, RESULT_FILE_COLUMNS } from '../../../src/gateways/tstore/wire';
import type { Charging } from '../payments/charging';
import { completedTextOf, transactionIdOf } from '../payments/transaction-id';
import { ALL_DECLINES, DECLINE_UNREADABLE, OUTCOME, declineOutcome } from '../result-codes';
import { SeededRandom, seedOf } from '../../shared/seeded';
import type { Job } from './job';
import { readWindow, WINDOW_ROWS, windowCount } from './request-rows';
import { COLUMN, RowFields } from './row-fields';

export const RESULT_HEADER_LINE = `${RESULT_FILE_COLUMNS.join(',')}\n`;

const COMMAS_OF_A_ROW = 8;
const OUTCOME_UNREADABLE = declineOutcome(DECLINE_UNREADABLE);

/** Ends of lines by outcome, their UTF-8 bytes as latin1 text: all lines are put together as bytes, not characters. */
const ENDINGS: readonly string[] = [
  '',
  `${RESULT_CODE_SUCCESS},SUCCESS\n`,
  '',
  ...ALL_DECLINES.map(({ code, message }) => Buffer.from(`${code},${message}\n`, 'utf8').toString('latin1')),
];

/**
 * Charges or declines every row of a job and writes its result file, in flat memory: windows of rows in shuffled order,
 * the lines of each shuffled in themselves. Line order is not promised, so it must not be the order of the request.
 */
export async function writeResultFile(job: Job, charging: Charging, seed: string): Promise<void> {
  const random = new SeededRandom(seedOf(seed, 'order', job.id));
  const windows = random.shuffle(Array.from({ length: windowCount(job.rows) }, (_, window) => window));
  const source = await open(job.rows.path, 'r');
  const target = await open(job.resultPath, 'w');
  try {
    const writer = new ResultLines(job, charging);
    await target.write(RESULT_HEADER_LINE);
    for (const window of windows) {
      const lines: string[] = [];
      let position = window * WINDOW_ROWS;
      await readWindow(source, job.rows, window, (bytes, start, end) => {
        const line = writer.settle(position, bytes, start, end);
        if (line !== null) lines.push(line);
        position += 1;
      });
      await target.write(Buffer.from(random.shuffle(lines).join(''), 'latin1'));
    }
  } finally {
    await source.close();
    await target.close();
  }
}

class ResultLines {
  private readonly fields = new RowFields();
  private readonly completedText: string;
  private readonly bid: string;

  constructor(
    private readonly job: Job,
    private readonly charging: Charging,
  ) {
    this.completedText = completedTextOf(job);
    this.bid = job.headers.bid;
  }

  /** Decides the row, adds it to the job's totals and gives its line; null for a dropped one. */
  settle(position: number, bytes: Buffer, start: number, end: number): string | null {
    const { job, fields } = this;
    fields.split(bytes, start, end);
    const row = bytes.toString('latin1', start, end);
    const outcome = this.outcomeOf(position, row);
    job.outcomes[position] = outcome;
    // An unreadable row asked for nothing that could be added up.
    const isReadable = job.rows.fates[position] !== OUTCOME_UNREADABLE;
    addUp(job, outcome, isReadable ? fields.amount(COLUMN.amtReqPurchase) : 0);
    if (outcome === OUTCOME.dropped) return null;
    const tid = outcome === OUTCOME.charged ? transactionIdOf(job, position, this.completedText) : NO_TRANSACTION_ID;
    return `${this.opening(position, row)},${tid},${ENDINGS[outcome]}`;
  }

  private outcomeOf(position: number, row: string): number {
    if (position >= this.job.processedRows) return OUTCOME.dropped;
    const fate = this.job.rows.fates[position] as number;
    if (fate !== OUTCOME.waiting) return fate;
    return this.charging.outcomeOf(this.job.rows.orderHashes[position] as number, row);
  }

  /** The row's own columns, byte for byte, after `id`, and with `bid` behind the merchant. */
  private opening(position: number, row: string): string {
    const comma = row.indexOf(',');
    const merchant = comma < 0 ? row : row.slice(0, comma);
    const rest = comma < 0 ? '' : row.slice(comma + 1);
    const count = this.fields.count;
    const full = count === COMMAS_OF_A_ROW + 1 ? rest : toEightColumns(rest);
    return `${this.job.firstLineId + position},${merchant},${this.bid},${full}`;
  }
}

/** The answer to a row of a wrong shape still has fourteen columns: what fits of it, then empty ones. */
function toEightColumns(rest: string): string {
  const columns = rest.split(',').slice(0, COMMAS_OF_A_ROW);
  return [...columns, ...Array<string>(COMMAS_OF_A_ROW - columns.length).fill('')].join(',');
}

function addUp(job: Job, outcome: number, amount: number): void {
  const { totals } = job;
  if (outcome === OUTCOME.charged) {
    totals.chargedCount += 1;
    totals.chargedAmount += amount;
  } else if (outcome === OUTCOME.dropped) {
    totals.droppedCount += 1;
    totals.droppedAmount += amount;
  } else {
    totals.declinedCount += 1;
    totals.declinedAmount += amount;
  }
}
