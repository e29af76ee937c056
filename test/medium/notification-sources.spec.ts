import type { RunningService } from '../../src/service';
import { ListenerWorld, pnsMessage, sendTo } from '../support/listener-world';

const PNS = '203.0.113.9';
const STRANGER = '198.51.100.1';
const ALLOWED = { PNS_ALLOWED_CIDRS: '203.0.113.0/24, 2001:db8:5::/48' };

describe('where notifications may come from', () => {
  let world: ListenerWorld;
  let messages = 0;

  beforeAll(async () => {
    world = await ListenerWorld.start();
  });

  afterAll(() => world.close());

  /** @returns the address the message is stored with, or the status it was refused with; then nothing may be stored */
  async function outcome(
    service: { url: string },
    headers: Record<string, string> | [string, string][] = {},
  ): Promise<unknown> {
    const jobId = `from-${(messages += 1)}`;
    const { status, body } = await sendTo(service, '', pnsMessage(jobId), { headers });
    const stored = await world.stored(jobId);
    if (status === 200) return stored[0]?.sourceAddress;
    expect({ body, stored }).toEqual({ body: { resultCode: '9999', resultMsg: expect.any(String) }, stored: [] });
    return status;
  }

  describe('without a trusted proxy', () => {
    let closed: RunningService;
    let local: RunningService;

    beforeAll(async () => {
      closed = await world.listen(ALLOWED);
      local = await world.listen({ HOST: '::', PNS_ALLOWED_CIDRS: '127.0.0.1' });
    });

    it('is told by the connection alone, whatever a sender says of itself', async () => {
      expect(await outcome(closed)).toBe(403);
      const claims = ['x-forwarded-for', 'x-real-ip', 'x-client-ip', 'true-client-ip', 'x-forwarded'];
      for (const header of claims) expect([header, await outcome(closed, { [header]: PNS })]).toEqual([header, 403]);
      expect(await outcome(closed, { forwarded: `for=${PNS}` })).toBe(403);
    });

    it('counts IPv4 as IPv4, on a socket that speaks both', async () => {
      const { port } = new URL(local.url);
      expect(await outcome({ url: `http://127.0.0.1:${port}` })).toBe('::ffff:127.0.0.1');
      expect(await outcome({ url: `http://[::1]:${port}` })).toBe(403);
    });
  });

  describe('behind trusted proxies', () => {
    let service: RunningService;

    beforeAll(async () => {
      service = await world.listen({ ...ALLOWED, TRUSTED_PROXY_CIDRS: '127.0.0.1, 10.0.0.0/8, 2001:db8:a::/48' });
    });

    it.each([
      ['the sender', PNS, PNS],
      ['a stranger', STRANGER, 403],
      ['a stranger who claims to pass on for the sender', `${PNS}, ${STRANGER}`, 403],
      ['the sender, with a claim of its own before it', `${STRANGER}, ${PNS}`, PNS],
      ['two proxies in a row', `${PNS}, 10.1.2.3`, PNS],
      ['a stranger behind two proxies, with a claim', `${PNS}, ${STRANGER}, 10.1.2.3`, 403],
      ['a claim to be a proxy', `10.1.2.3, ${STRANGER}`, 403],
      ['proxies and nobody else', '10.1.2.3, 10.1.2.4', 403],
      ['IPv6', '2001:db8:5::7', '2001:db8:5::7'],
      ['IPv6 of a stranger', '2001:db8:6::7', 403],
      ['an IPv6 proxy', `${PNS}, 2001:db8:a::1`, PNS],
      ['IPv4 in IPv6', `::ffff:${PNS}`, `::ffff:${PNS}`],
      ['IPv4 in IPv6 of a stranger', `::ffff:${STRANGER}`, 403],
      ['a proxy as IPv4 in IPv6', `${PNS}, ::ffff:10.1.2.3`, PNS],
      ['an address with its port', `${PNS}:4711`, PNS],
      ['IPv6 in brackets with its port', '[2001:db8:5::7]:4711', '2001:db8:5::7'],
      ['no address', 'unknown', 403],
      ['half an address', '203.0.113', 403],
      ['nothing', '', 403],
      ['commas', ',,,', 403],
      ['a thousand proxies', `${STRANGER}, ${'10.0.0.1, '.repeat(1_000)}10.0.0.2`, 403],
    ])('%s: %p counts as %p', async (_, forwardedFor, expected) => {
      expect(await outcome(service, { 'x-forwarded-for': forwardedFor })).toBe(expected);
    });

    it('takes several headers for one', async () => {
      const twice = (one: string, other: string): [string, string][] => [
        ['x-forwarded-for', one],
        ['x-forwarded-for', other],
      ];
      expect(await outcome(service, twice(PNS, STRANGER))).toBe(403);
      expect(await outcome(service, twice(STRANGER, PNS))).toBe(PNS);
    });

    it('refuses a proxy that does not say for whom it speaks', async () => {
      expect(await outcome(service)).toBe(403);
      expect(await outcome(service, { 'x-real-ip': PNS })).toBe(403);
    });

    it('counts and logs who was refused, by its own address', async () => {
      world.logLines.length = 0;
      expect(await outcome(service, { 'x-forwarded-for': STRANGER })).toBe(403);
      const text = await (await fetch(`${service.url}/metrics`)).text();
      expect(
        Number(/^notification_received_total\{gateway="tstore",answer="403"\} (.*)$/m.exec(text)?.[1]),
      ).toBeGreaterThan(0);
      const lines = world.logLines.map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(lines).toContainEqual(expect.objectContaining({ msg: 'request', status: 403, source: STRANGER }));
    });
  });

  it('keeps the proxy’s own address where what it says is none, when anybody may send', async () => {
    const open = await world.listen({ TRUSTED_PROXY_CIDRS: '127.0.0.1' });
    expect(await outcome(open, { 'x-forwarded-for': 'unknown' })).toBe('127.0.0.1');
    expect(await outcome(open, { 'x-forwarded-for': 'fe80::1%eth0' })).toBe('fe80::1');
    expect(await outcome(open, { 'x-forwarded-for': STRANGER })).toBe(STRANGER);
  });

  describe('and how much of one in a day', () => {
    let service: RunningService;

    beforeAll(async () => {
      service = await world.listen({ TRUSTED_PROXY_CIDRS: '127.0.0.1', NOTIFICATION_SOURCE_KILOBYTES_PER_DAY: '20' });
    });

    const from = (address: string) => outcome(service, { 'x-forwarded-for': address });

    it('is bounded by messages, whatever else arrives, and by a whole network of IPv6', async () => {
      for (let message = 0; message < 20; message += 1) await from(STRANGER);
      expect(await from(STRANGER)).toBe(429);
      expect(await from(`::ffff:${STRANGER}`)).toBe(429);
      expect(await from(PNS)).toBe(PNS);
      for (let message = 0; message < 20; message += 1) await from(`2001:db8:5:6::${message}`);
      expect(await from('2001:db8:5:6:ffff::1')).toBe(429);
      expect(await from('2001:db8:5:7::1')).toBe('2001:db8:5:7::1');
    });

    it('is bounded by bytes', async () => {
      const address = '198.51.100.2';
      const large = (jobId: string) => JSON.stringify({ jobId, padding: 'x'.repeat(15_000) });
      const send = (jobId: string) => sendTo(service, '', large(jobId), { headers: { 'x-forwarded-for': address } });
      expect([(await send('l1')).status, (await send('l2')).status, (await send('l3')).status]).toEqual([
        200, 200, 429,
      ]);
    });

    it('is not, of a proxy nobody named', async () => {
      for (let message = 0; message < 25; message += 1) expect(await from('10.9.9.9')).toBe('10.9.9.9');
    });
  });
});
