import fc from 'fast-check';

const SURROGATES = { first: 0xd800, count: 0x800 };

/**
 * Any character there is, as a unit of strings. The `binary` unit of fast-check makes a table of all million of them first,
 * to find its way back from given texts, which nobody gives it here.
 */
export const ANY_CHARACTER = fc
  .nat(0x10ffff - SURROGATES.count)
  .map((place) => String.fromCodePoint(place < SURROGATES.first ? place : place + SURROGATES.count));
