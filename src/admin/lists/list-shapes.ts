/** How a list answers, and how one gets from one piece of it to the next. */
export interface ListShape {
  /** The member that holds the rows. */
  rows: string;
  /** Whether `limit` says how many rows come at once. */
  isPaged: boolean;
  /** Schemas of the other members. */
  others: Record<string, object>;
  /** @returns the query parameter that begins the next piece, or `undefined` at the end */
  next(answer: Record<string, unknown>): Record<string, string> | undefined;
}

/** Pages: `nextCursor` is the `cursor` of the next one. */
export const PAGES: ListShape = {
  rows: 'items',
  isPaged: true,
  others: { nextCursor: { type: 'string', nullable: true, description: 'cursor of the next page; null at the end' } },
  next: ({ nextCursor }) => (typeof nextCursor === 'string' ? { cursor: nextCursor } : undefined),
};

/** Stretches of a log, which has no end: `nextAfter` is where the next call begins, also when nothing came. */
export const STRETCHES: ListShape = {
  rows: 'items',
  isPaged: true,
  others: {
    nextAfter: { type: 'string', description: 'after of the next call, also when nothing came' },
    hasMore: { type: 'boolean', description: 'Whether there may be more already' },
  },
  next: ({ nextAfter, hasMore }) => (hasMore === true ? { after: String(nextAfter) } : undefined),
};

/** Short lists that come in one piece. */
export const WHOLE: ListShape = { rows: 'items', isPaged: false, others: {}, next: () => undefined };
