import { onConnectionsFor } from '../database';

/** One who waits for a piece to be done. */
interface Waiting<Piece, Result> {
  readonly piece: Piece;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** More at once would have those of one batch wait for too many others. */
const MOST_AT_ONCE = 64;

/**
 * Does together what comes at the same time (group commit): while one batch is at work, all that comes gathers for the next. So
 * who comes alone waits for nobody, and the busier it is, the more of them share a transaction.
 */
export class Batcher<Piece, Result = void> {
  private readonly waiting: Waiting<Piece, Result>[] = [];
  private isAtWork = false;

  /**
   * @param together does all of them or, when it throws, none. One that fails among others is done once more by itself, so that
   *   no piece fails for another's sake. @returns what became of each, in their order
   */
  constructor(private readonly together: (pieces: readonly Piece[]) => Promise<readonly Result[]>) {}

  /** @throws whatever doing this piece alone throws */
  do(piece: Piece): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ piece, resolve, reject });
      if (!this.isAtWork) void this.work();
    });
  }

  private async work(): Promise<void> {
    this.isAtWork = true;
    // Whoever comes in the same turn of the event loop is taken along.
    await Promise.resolve();
    while (this.waiting.length > 0) await this.bring(this.waiting.splice(0, MOST_AT_ONCE));
    this.isAtWork = false;
  }

  private async bring(batch: readonly Waiting<Piece, Result>[]): Promise<void> {
    try {
      // What several have asked for is not done on what is kept for one of them.
      const results = await onConnectionsFor(undefined, () => this.together(batch.map(({ piece }) => piece)));
      batch.forEach(({ resolve }, index) => resolve(results[index] as Result));
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error);
      else for (const one of batch) await this.bring([one]);
    }
  }
}
