import { LosslessNumber, parse, stringify } from 'lossless-json';

export { LosslessNumber };

/**
 * Parses JSON without changing a number: what `String(Number(text))` would write differently, such as `1.0` or an id of
 * twenty digits, comes as a {@link LosslessNumber}, which holds the text. Of a member given twice the last one counts, as
 * with JSON.parse.
 *
 * @throws {SyntaxError} for what is no JSON; {RangeError} for what is nested too deep
 */
export function parseJson(text: string): unknown {
  return parse(text, undefined, { parseNumber, onDuplicateKey: ({ newValue }) => newValue });
}

/** Writes what {@link parseJson} has read, each number as it was. */
export function stringifyJson(value: unknown): string {
  return stringify(value) ?? 'null';
}

function parseNumber(text: string): number | LosslessNumber {
  const number = Number(text);
  return String(number) === text ? number : new LosslessNumber(text);
}
