/** A secret as the test knows it. */
export interface Secret {
  name: string;
  value: string | Buffer;
}

/** What is searched, by where it was found; bytes as they are or text. */
export interface Searched {
  place: string;
  content: string | Buffer;
}

const HEX = /^(?:[0-9a-f]{2}){16,}$/i;

/**
 * Every way a secret could stand somewhere: as it is, in hexadecimal, percent-encoded, as JSON writes it, in Base64 of
 * both alphabets wherever it begins in what was encoded, and, when it is hexadecimal itself, as the bytes it stands for.
 */
function formsOf(secret: string | Buffer): string[] {
  const bytes = Buffer.from(secret as string);
  const forms = [bytes.toString('latin1'), bytes.toString('hex'), ...base64Cores(bytes)];
  if (typeof secret === 'string') {
    forms.push(encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1));
    if (HEX.test(secret)) {
      const meant = Buffer.from(secret, 'hex');
      forms.push(meant.toString('latin1'), ...base64Cores(meant));
    }
  }
  const urlSafe = forms.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'));
  return [...new Set([...forms, ...urlSafe].map((form) => form.toLowerCase()))];
}

/** The characters that are the same whatever stands before and behind, for each of the three places to begin at. */
function base64Cores(bytes: Buffer): string[] {
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    return encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
}

/** @returns which secret stands where, by names: a failure must not print what it found */
export function leaksIn(searched: readonly Searched[], secrets: readonly Secret[]): string[] {
  const known = secrets.map(({ name, value }) => ({ name, forms: formsOf(value) }));
  return searched.flatMap(({ place, content }) => {
    const text = (typeof content === 'string' ? Buffer.from(content) : content).toString('latin1').toLowerCase();
    return known
      .filter(({ forms }) => forms.some((form) => text.includes(form)))
      .map(({ name }) => `${name} in ${place}`);
  });
}
