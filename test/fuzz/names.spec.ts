import fc from 'fast-check';
import { faultOfText, normalizeText, type TextClass } from '../../src/kernel/text';
import { startAdminWorld, type AdminWorld } from '../support/admin-world';
import { ANY_CHARACTER } from '../support/any-character';
import { TOKEN_64 } from '../support/request-files';
import { carrierPrice } from '../support/subscribers';
import { FUZZ_TIMEOUT_MS, fuzzing } from './fuzz';

/** What hides in texts, what has two spellings, and what an address or a spreadsheet takes for something else. */
const HOSTILE = [
  ...['\u200B', '\u200D', '\u00A0', '\u202E', '\u2066', '\uFEFF', '\u00AD', '\u3164', '\u2800', '\uFE0F', '\u034F'],
  ...['\u1100', '\u1161', '\u11A8', 'e\u0301', '\u0301', '\u212B', '\uFF24', '\u3000', '\u2028', '\u0085'],
  ...[
    '\0',
    '\t',
    '\r',
    '\n',
    '\u001B',
    '\uD800',
    '\uFFFD',
    '\uE000',
    '\u0378',
    ' ',
    '  ',
    '.',
    '..',
    '/',
    "'",
    '=',
    '%00',
  ],
];
const TEXT = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.constantFrom('D', '7', '한', '-'), ANY_CHARACTER), { maxLength: 12 })
  .map((pieces) => pieces.join(''));

/** Worked out the plain way: what no two names that look the same may differ in. */
const asSeen = (name: string): string => name.normalize('NFC').replaceAll(/[\p{C}\p{Z}\p{DI}\u2800]+/gu, '');

describe('any text', () => {
  it.each<TextClass>(['identifier', 'line', 'words'])('as %s has one spelling or is refused', (kind) => {
    fc.assert(
      fc.property(TEXT, (text) => {
        const normal = normalizeText(text);
        expect(normalizeText(normal)).toBe(normal);
        if (faultOfText(text, kind, 100) !== undefined) return;
        expect(normal).toBe(text);
        expect(text).toMatch(/[\p{L}\p{N}\p{P}\p{S}]/u);
        expect(kind === 'words' || asSeen(text) === text.replaceAll(' ', '')).toBe(true);
      }),
      fuzzing(2_000),
    );
  });

  describe('over HTTP', () => {
    let world: AdminWorld;

    beforeAll(async () => {
      world = await startAdminWorld();
      await world.call('POST', 'products', { body: { storeProductId: 'tv', name: 'TV', price: carrierPrice(5_500) } });
    });

    afterAll(() => world.close());

    /** Each text field of a request, and the field of the answer that shows what was stored. */
    const DOORS: [string, (text: string) => object, string][] = [
      [
        'subscriptions',
        (customerReference) => ({
          customerReference,
          storeProductId: 'tv',
          billingToken: TOKEN_64,
          startedOn: '2027-01-05',
        }),
        'customerReference',
      ],
      ['products', (storeProductId) => ({ storeProductId, name: 'TV', price: carrierPrice(1) }), 'storeProductId'],
      ['products', (name) => ({ storeProductId: `p${made++}`, name, price: carrierPrice(1) }), 'name'],
      ['kill-switch', (reason) => ({ reason }), 'reason'],
    ];
    let made = 0;

    it.each(DOORS)(
      'is stored by %s in its one spelling or refused by its field, never a fault of ours',
      async (path, bodyOf, field) => {
        await fc.assert(
          fc.asyncProperty(TEXT, async (text) => {
            const { status, body } = await world.call('POST', path, { body: bodyOf(text) });
            const refused = { field: status === 400 && body.faults[0].field };
            const stored = { text: status < 400 && (body[field] ?? normalizeText(text)) };
            expect([200, 201, 400, 409]).toContain(status);
            expect([{ field }, { field: false }]).toContainEqual(refused);
            expect([{ text: normalizeText(text) }, { text: false }]).toContainEqual(stored);
          }),
          fuzzing(60),
        );
      },
      FUZZ_TIMEOUT_MS,
    );
  });
});
