/** A flag with a value that can't be used; the message names it. */
export class CommandLineError extends Error {}

export function whole(name: string, text: string, least = 0, most = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new CommandLineError(`--${name} must be a whole number from ${least}`);
  }
  return value;
}

export function positive(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new CommandLineError(`--${name} must be a number from 0`);
  }
  return value;
}

export function fraction(name: string, text: string): number {
  const value = positive(name, text);
  if (value > 1) throw new CommandLineError(`--${name} must be at most 1`);
  return value;
}

export function oneOf<T extends string>(name: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((one) => one === text);
  if (choice === undefined) throw new CommandLineError(`--${name} must be one of ${choices.join(', ')}`);
  return choice;
}
