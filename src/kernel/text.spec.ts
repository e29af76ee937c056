import { faultOfText, normalizeText } from './text';

describe('normalizeText', () => {
  it.each([
    ['blanks around', '  D-77 ', 'D-77'],
    ['Hangul in pieces', '\u1100\u1161\u11A8', '각'],
    ['line ends', 'one\r\ntwo', 'one\ntwo'],
  ])('gives one spelling to %s', (_what, text, normal) => {
    expect(normalizeText(text)).toBe(normal);
  });

  it('takes no longer for many blanks inside', () => {
    const text = `a${' '.repeat(1_000_000)}b`;

    expect(normalizeText(text)).toBe(text);
  });
});

describe('an identifier', () => {
  it.each(['D-77', '고객 77', '㈜한국', 'a.b', 'Zoë', "O'Neill", '=1+1', 'kim@example.com'])('may be %s', (text) => {
    expect(faultOfText(text, 'identifier', 20)).toBeUndefined();
  });

  it.each([
    ['D-7\u200B7', 'no U+200B ZERO WIDTH SPACE (at position 4)'],
    ['\u{1F600}\u00A0', 'no U+00A0 NO-BREAK SPACE (at position 2)'],
    ['D-77\t', 'no U+0009 CHARACTER TABULATION (at position 5)'],
    ['D-77\r', 'no U+000D CARRIAGE RETURN (at position 5)'],
    ['D\u0000', 'no U+0000 NULL (at position 2)'],
    ['\u202ED-77', 'no U+202E RIGHT-TO-LEFT OVERRIDE (at position 1)'],
    ['D-77\u3164', 'no U+3164 HANGUL FILLER (at position 5)'],
    ['D-77\uFE0F', 'no U+FE0F a character nobody sees (at position 5)'],
    ['\uFF24-77', 'no U+FF24 a full or half width form (at position 1)'],
    ['D\uD800', 'no U+D800 half of a character (at position 2)'],
    ['D\u0378', 'no U+0378 a character that does not exist (at position 2)'],
    ['D\uE000', 'no U+E000 a private use character (at position 2)'],
    ['D\u0085', 'no U+0085 a control character (at position 2)'],
    ['D\uFFFD', 'no U+FFFD REPLACEMENT CHARACTER (what broken UTF-8 is read as) (at position 2)'],
    ['kim  lee', 'no U+0020 SPACE after another (at position 5)'],
    ['', '1 to 20 characters, not only blanks'],
    ['..', 'more than dots: an address would lose it'],
    [' D-77', 'no blanks around it, and its letters composed (Unicode NFC)'],
    ['\u1100\u1161', 'no blanks around it, and its letters composed (Unicode NFC)'],
    ['D'.repeat(21), 'at most 20 characters'],
  ])('may not be %j', (text, expected) => {
    expect(faultOfText(text, 'identifier', 20)).toBe(expected);
  });
});

describe('words', () => {
  it.each(['because:\n\tof this', '👨‍👩‍👧 said so', '❤️', 'ＴＶ 환불'])('may be %j', (text) => {
    expect(faultOfText(text, 'words', 20)).toBeUndefined();
  });

  it.each([
    ' ',
    '\n\t',
    '\u00A0',
    '\u200B\u200D',
    '\u3164',
    '\u2800',
    '\u0301',
    'a\u202Eb',
    'a\u001Bb',
    'a\rb',
    '',
    '...',
    '\u3164..',
    '-?!',
  ])('may not be %j', (text) => {
    expect(faultOfText(text, 'words', 20)).toBeDefined();
  });

  it('count as characters, not as UTF-16 units', () => {
    expect(faultOfText('😀'.repeat(20), 'words', 20)).toBeUndefined();
    expect(faultOfText('😀'.repeat(21), 'words', 20)).toBe('at most 20 characters');
  });
});

describe('a line', () => {
  it('may have full width forms and no line ends', () => {
    expect(faultOfText('ＴＶ 어린이  요금제', 'line', 20)).toBeUndefined();
    expect(faultOfText('a\nb', 'line', 20)).toBe('no U+000A LINE FEED (at position 2)');
  });
});
