/** The card of a list that has this number, as people type it: with blanks or dashes between, or without. */
export function cardNumbered<Card extends { number: string }>(
  cards: readonly Card[],
  number: string,
): Card | undefined {
  const digits = number.replaceAll(/[ -]/g, '');
  return cards.find((card) => card.number === digits);
}

/** `43301234****123*`, as recorded. */
export function maskedNumber(number: string): string {
  return `${number.slice(0, 8)}****${number.slice(12, 15)}*`;
}
