import { SERVICE, whyNotAnother, type KeyHolder } from './another-person';
import { normalizeOwner } from './owner';

const MADE = new Date('2026-01-01T00:00:00Z');
const ASKED = new Date('2026-06-01T00:00:00Z');
const AFTER = new Date('2026-06-01T00:00:01Z');

const holder = (owner: string, keyId: string | null, more: Partial<KeyHolder> = {}): KeyHolder => ({
  ...{ owner, keyId, madeAt: MADE, makers: [] },
  ...more,
});
const asked = (one: KeyHolder) => ({ ...one, at: ASKED });
const REASON = { why: expect.any(String) as string };
const BOOTSTRAP = holder('bootstrap', null, { madeAt: null });
const kim = holder('kim@example.com', '1');
const lee = holder('lee@example.com', '2');

describe('another person', () => {
  it('is another owner, whose key was there before', () => {
    expect(whyNotAnother(asked(kim), lee, false)).toBeUndefined();
    expect(whyNotAnother(asked(lee), kim, false)).toBeUndefined();
  });

  it.each<[string, KeyHolder, KeyHolder]>([
    ['the same key', kim, kim],
    ['another key of the same owner', kim, holder('kim@example.com', '3')],
    ['a key made by the key that asked', kim, holder('x', '3', { makers: [{ keyId: '1', owner: 'kim@example.com' }] })],
    ['a key made by another key of who asked', kim, holder('x', '3', { makers: [{ keyId: '9', owner: kim.owner }] })],
    [
      'a descendant of such a key',
      kim,
      holder('x', '4', {
        makers: [
          { keyId: '3', owner: 'y' },
          { keyId: '1', owner: kim.owner },
        ],
      }),
    ],
    ['who made the key that asked', holder('x', '3', { makers: [{ keyId: '1', owner: kim.owner }] }), kim],
    ['a key made after the question', kim, holder('lee@example.com', '5', { madeAt: AFTER })],
    ['the bootstrap key', kim, BOOTSTRAP],
    ['another key from before keys had owners', holder('unstated', '6'), holder('unstated', '7')],
  ])('is not %s', (_what, one, other) => {
    expect(whyNotAnother(asked(one), other, false)).toMatchObject(REASON);
  });

  it('would be a key made after the question, and no other of these, were it asked again', () => {
    const isTooYoung = (other: KeyHolder) => whyNotAnother(asked(kim), other, false)?.isTooYoung;
    expect(isTooYoung(holder('lee@example.com', '5', { madeAt: AFTER }))).toBe(true);
    expect(isTooYoung(holder('kim@example.com', '3', { madeAt: AFTER }))).toBe(false);
    expect(isTooYoung(BOOTSTRAP)).toBe(false);
  });

  it('is a key made by an admin who has nothing to do with the question', () => {
    const made = holder('park@example.com', '4', { makers: [{ keyId: '8', owner: 'admin@example.com' }] });
    expect(whyNotAnother(asked(kim), made, false)).toBeUndefined();
  });

  it('is the bootstrap key where a setting says so, but not to itself', () => {
    expect(whyNotAnother(asked(kim), BOOTSTRAP, true)).toBeUndefined();
    expect(whyNotAnother(asked(BOOTSTRAP), BOOTSTRAP, true)).toMatchObject(REASON);
  });

  it('is any person to the service itself, with whatever key, but not the bootstrap key', () => {
    const service = holder(SERVICE.owner, null, { madeAt: null });
    expect(whyNotAnother(asked(service), holder('kim', '5', { madeAt: AFTER }), false)).toBeUndefined();
    expect(whyNotAnother(asked(service), BOOTSTRAP, false)).toMatchObject(REASON);
  });
});

describe('an owner', () => {
  it.each([
    ['kim@example.com', 'kim@example.com'],
    ['KIM@Example.COM', 'kim@example.com'],
    ['kim@example.com.', 'kim@example.com'],
    ['kim@example.com..', 'kim@example.com'],
    ['kim+2@example.com', 'kim@example.com'],
    ['kim+a+b@example.com.', 'kim@example.com'],
    ['kim.@example.com', 'kim@example.com'],
    [' kim@example.com\u00a0', 'kim@example.com'],
    ['k\u200bim@exam\u00adple.com', 'kim@example.com'],
    ['\uff4bim@example.com', 'kim@example.com'],
    ['kim@example\uff0ecom', 'kim@example.com'],
    ['Staff-42', 'staff-42'],
    ['staff-42.', 'staff-42'],
    ['staff-42+night', 'staff-42'],
    ['+2@example.com', '@example.com'],
  ])('written %j is %j', (text, owner) => {
    expect(normalizeOwner(text)).toBe(owner);
    expect(normalizeOwner(owner)).toBe(owner);
  });
});
