import { nameOfCharacter } from './character-names';

/**
 * The rules of every text that comes in, whatever the door: API, file, command line.
 *
 * - `identifier`: names that tell things apart, such as a customer reference: what looks the same must be the same.
 * - `line`: what people read on one line, such as a product's name.
 * - `words`: what people write to each other, such as a reason: lines and tabs may be in it, and emoji.
 *
 * What has two spellings is normalised ({@link normalizeText}); all else is refused with the character named, because a
 * character nobody sees and silently dropped would change a name that somebody has in another system.
 */
export type TextClass = 'identifier' | 'line' | 'words';

/** Control, format, private and unassigned characters, halves; line ends of Unicode; blanks but U+0020; what is blank but no blank. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\uFFFD]|(?! )\p{Zs}/u;

const FORBIDDEN: Readonly<Record<TextClass, RegExp>> = {
  // Full and half width forms, and the second of two blanks, are second spellings too, and rarely meant.
  identifier: new RegExp(`${UNSEEN.source}|[\\uFF00-\\uFFEF]|(?<= ) `, 'u'),
  line: UNSEEN,
  // Emoji are joined by U+200D and dressed by variation selectors; what turns the direction of other text is refused.
  words: /(?![\n\t])\p{Cc}|[\p{Cs}\p{Cn}\p{Co}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069\uFEFF\uFFFD]/u,
};

/** Anything one can see: letters, digits, signs. */
const SEEN = /(?!\p{Default_Ignorable_Code_Point}|\u2800)[\p{L}\p{N}\p{P}\p{S}]/u;
const ONLY_DOTS = /^\.+$/;
/** Of words to others something must be a word, or a sign that says as much. */
const TELLING = /(?!\p{Default_Ignorable_Code_Point})[\p{L}\p{N}\p{S}]/u;

/** One spelling for what has several: NFC, no blanks around, and LF for line ends. */
export function normalizeText(text: string): string {
  const composed = text.normalize('NFC').replaceAll('\r\n', '\n');
  let start = 0;
  let end = composed.length;
  while (composed[start] === ' ') start += 1;
  while (end > start && composed[end - 1] === ' ') end -= 1;
  return composed.slice(start, end);
}

/**
 * @param text as {@link normalizeText} gives it; where it may not be changed, as it is
 * @param maxLength in characters
 * @returns what was expected and which character is in the way, or `undefined` when the text is good
 */
export function faultOfText(text: string, kind: TextClass, maxLength: number): string | undefined {
  // First, so that the looks at each character are few.
  if (text.length > 2 * maxLength || Array.from(text).length > maxLength) return `at most ${maxLength} characters`;
  const found = FORBIDDEN[kind].exec(text);
  if (found !== null) return `no ${nameOfCharacter(found[0])} (at position ${positionOf(text, found.index)})`;
  if (!SEEN.test(text)) return `1 to ${maxLength} characters, not only blanks`;
  if (kind === 'words' && !TELLING.test(text)) return 'words, not only punctuation';
  if (kind === 'identifier' && ONLY_DOTS.test(text)) return 'more than dots: an address would lose it';
  if (normalizeText(text) !== text) return 'no blanks around it, and its letters composed (Unicode NFC)';
  return undefined;
}

/** Counted from 1, in characters. */
function positionOf(text: string, index: number): number {
  return Array.from(text.slice(0, index)).length + 1;
}
