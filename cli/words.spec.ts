import { membersOf, seoulTime, textOf, won, withClock } from './words';

const same = (text: string): string => text;
const asIs = { link: same, text: same };

describe('what people read', () => {
  it('has one form of an amount, and one clock that is named once', () => {
    expect(won(28_600)).toBe('28,600 won');
    expect(seoulTime('2026-11-30T15:00:00.000Z')).toBe('2026-12-01 00:00');
    expect(withClock('a 2026-12-01 00:00\nb 2026-12-01 00:01\n').match(/Seoul/g)).toHaveLength(1);
    expect(withClock('no time\n')).toBe('no time\n');
  });

  it('shows members by their kind: sums as won, instants as Seoul’s clocks do, links as what opens them', () => {
    const thing = {
      amount: 28_600,
      carrierAmount: 1_000,
      attempts: 1_000,
      createdAt: '2026-11-30T15:00:00Z',
      paid: { count: 1_200, amount: 2_000_000 },
      links: { self: '/admin/v1/refunds/1' },
      actions: ['refund', 'look-up'],
      decidedAt: null,
    };
    expect(Object.fromEntries(membersOf(thing, { ...asIs, link: (link) => `cli of ${link}` }))).toEqual({
      amount: '28,600 won',
      carrierAmount: '1,000 won',
      attempts: '1000',
      createdAt: '2026-12-01 00:00:00',
      paid: '1,200 (2,000,000 won)',
      'links.self': 'cli of /admin/v1/refunds/1',
      actions: 'refund, look-up',
      decidedAt: '-',
    });
  });

  it('shows control characters instead of obeying them', () => {
    expect(textOf('\u001b[31mred\u009b')).toBe('\\u001b[31mred\\u009b');
    expect(membersOf({ a: '\r' }, asIs)).toEqual([['a', '\\u000d']]);
  });
});
