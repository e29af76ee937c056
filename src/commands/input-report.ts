import { openDataSource } from '../platform/database';

interface ReportRow {
  what: string;
  field: string;
  count: number;
  twice: number;
}

/**
 * What stands in the database and would be refused today, from before the rules of what comes in; a line for each field.
 * Nothing of it is changed by itself: what a shop calls its customers is in other systems too.
 */
export async function inputReport(url: string): Promise<string[]> {
  const dataSource = await openDataSource({ url, poolSize: 1 });
  try {
    const rows: ReportRow[] = await dataSource.query(
      `SELECT what, field, count(*)::int AS count, (count(*) FILTER (WHERE reads_as <> '{}'))::int AS twice
       FROM input_report GROUP BY what, field ORDER BY what, field`,
    );
    return rows.map(lineOf);
  } finally {
    await dataSource.destroy();
  }
}

function lineOf({ what, field, count, twice }: ReportRow): string {
  const same = twice > 0 ? `, ${twice} beside another that reads the same` : '';
  return `${count} of ${what}.${field} would be refused today${same}: SELECT * FROM input_report WHERE what = '${what}'`;
}
