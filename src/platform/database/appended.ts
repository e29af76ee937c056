/** A table that only grows: its keys are given in the order of its times, but for transactions that ran side by side. */
interface AppendedTable {
  table: string;
  key: string;
  time: string;
}

/** An instant of a query: the parameter that holds it. */
type Bound = `$${number}`;

/**
 * Conditions for the rows of a stretch of time, `from` included and `until` not. The times decide; the keys bound what is read of
 * the primary key, so that a page of a far month of ten million rows costs what one of yesterday does, without an index more
 * to write. The bounds are found by halving, some twenty reads each, a day further out than asked: more than any transaction
 * takes or clocks of replicas differ.
 */
export function withinSql(appended: AppendedTable, from: Bound | undefined, until: Bound | undefined): string[] {
  const { table, key, time } = appended;
  const conditions: string[] = [];
  if (from !== undefined) {
    conditions.push(`${table}.${time} >= ${from}::timestamptz`);
    conditions.push(`${table}.${key} >= ${firstKeySql(appended, `${from}::timestamptz - interval '1 day'`)}`);
  }
  if (until !== undefined) {
    conditions.push(`${table}.${time} < ${until}::timestamptz`);
    conditions.push(`${table}.${key} < ${firstKeySql(appended, `${until}::timestamptz + interval '1 day'`)}`);
  }
  return conditions;
}

/** The key behind which no row is older than an instant. */
function firstKeySql({ table, key, time }: AppendedTable, instant: string): string {
  return `(
    WITH RECURSIVE halving (low, high) AS (
      SELECT 0::bigint, coalesce(max(${key}), 0) + 1 FROM ${table}
      UNION ALL
      SELECT CASE WHEN is_before THEN middle + 1 ELSE low END, CASE WHEN is_before THEN high ELSE middle END
      FROM (
        SELECT low, high, middle, (
          SELECT probe.${time} FROM ${table} AS probe WHERE probe.${key} >= middle ORDER BY probe.${key} LIMIT 1
        ) < ${instant} AS is_before
        FROM halving, LATERAL (SELECT (low + high) / 2 AS middle) AS half
        WHERE low < high) AS step)
    SELECT max(low) FROM halving)`;
}
