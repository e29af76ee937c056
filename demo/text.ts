const NUMBER = new Intl.NumberFormat('en-US');

export function wonText(amount: number): string {
  return `${NUMBER.format(amount)} won`;
}

export function countText(count: number): string {
  return NUMBER.format(count);
}
