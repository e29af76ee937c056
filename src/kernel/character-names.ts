/** Characters that get into texts unseen, by copying from web pages, spreadsheets and chats, by their Unicode names. */
const NAMES: Readonly<Record<string, string>> = {
  '0000': 'NULL',
  '0009': 'CHARACTER TABULATION',
  '000A': 'LINE FEED',
  '000D': 'CARRIAGE RETURN',
  '001B': 'ESCAPE',
  '0020': 'SPACE after another',
  '007F': 'DELETE',
  '00A0': 'NO-BREAK SPACE',
  '00AD': 'SOFT HYPHEN',
  '034F': 'COMBINING GRAPHEME JOINER',
  '061C': 'ARABIC LETTER MARK',
  '115F': 'HANGUL CHOSEONG FILLER',
  '1160': 'HANGUL JUNGSEONG FILLER',
  '180E': 'MONGOLIAN VOWEL SEPARATOR',
  '2002': 'EN SPACE',
  '2003': 'EM SPACE',
  '2007': 'FIGURE SPACE',
  '2009': 'THIN SPACE',
  '200A': 'HAIR SPACE',
  '200B': 'ZERO WIDTH SPACE',
  '200C': 'ZERO WIDTH NON-JOINER',
  '200D': 'ZERO WIDTH JOINER',
  '200E': 'LEFT-TO-RIGHT MARK',
  '200F': 'RIGHT-TO-LEFT MARK',
  '2028': 'LINE SEPARATOR',
  '2029': 'PARAGRAPH SEPARATOR',
  '202A': 'LEFT-TO-RIGHT EMBEDDING',
  '202B': 'RIGHT-TO-LEFT EMBEDDING',
  '202C': 'POP DIRECTIONAL FORMATTING',
  '202D': 'LEFT-TO-RIGHT OVERRIDE',
  '202E': 'RIGHT-TO-LEFT OVERRIDE',
  '202F': 'NARROW NO-BREAK SPACE',
  '205F': 'MEDIUM MATHEMATICAL SPACE',
  '2060': 'WORD JOINER',
  '2066': 'LEFT-TO-RIGHT ISOLATE',
  '2067': 'RIGHT-TO-LEFT ISOLATE',
  '2068': 'FIRST STRONG ISOLATE',
  '2069': 'POP DIRECTIONAL ISOLATE',
  '2800': 'BRAILLE PATTERN BLANK',
  '3000': 'IDEOGRAPHIC SPACE',
  '3164': 'HANGUL FILLER',
  FEFF: 'ZERO WIDTH NO-BREAK SPACE (a byte order mark)',
  FFA0: 'HALFWIDTH HANGUL FILLER',
  FFFD: 'REPLACEMENT CHARACTER (what broken UTF-8 is read as)',
};

/** What the others are, by the first that fits. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/\p{Cc}/u, 'a control character'],
  [/\p{Cs}/u, 'half of a character'],
  [/\p{Co}/u, 'a private use character'],
  [/\p{Cn}/u, 'a character that does not exist'],
  [/[\uFF00-\uFFEF]/u, 'a full or half width form'],
  [/\p{Z}/u, 'a special blank'],
  [/./su, 'a character nobody sees'],
];

/** A character so that it can be found and mended: `U+200B ZERO WIDTH SPACE`. Shows its name and never itself. */
export function nameOfCharacter(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const name = NAMES[code] ?? KINDS.find(([kind]) => kind.test(character))?.[1];
  return `U+${code} ${name}`;
}
