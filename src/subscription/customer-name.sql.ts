/**
 * Whether a customer of before the rules of names stands in another spelling of a name as it is written today.
 *
 * @param name SQL of an identifier
 */
export const isSpelledOtherwiseSql = (customerReference: string, name: string): string =>
  `(NOT is_identifier(${customerReference}) AND name_key(${customerReference}) = ${name})`;

/**
 * Whether a customer is called so, however either is spelled.
 *
 * @param asked SQL of any text
 */
export const isCalledSql = (customerReference: string, asked: string): string =>
  `(${customerReference} IN (${asked}, name_key(${asked}))
    OR ${isSpelledOtherwiseSql(customerReference, `name_key(${asked})`)})`;
