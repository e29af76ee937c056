/**
 * What differs between two rows, as `{column: [before, after]}`, or NULL when nothing does; each change is history in the
 * statement that makes it.
 *
 * @param before alias of the row as it was
 * @param after alias of the row as it is
 */
export function changesSql(before: string, after: string): string {
  return `(SELECT jsonb_object_agg(old.key, jsonb_build_array(old.value, new.value))
    FROM jsonb_each(to_jsonb(${before})) AS old JOIN jsonb_each(to_jsonb(${after})) AS new USING (key)
    WHERE old.value IS DISTINCT FROM new.value)`;
}
