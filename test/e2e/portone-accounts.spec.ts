import { PORTONE_STORE, SECOND_PORTONE_STORE, type PortOneStoreOptions } from '../../simulator';
import { startWorld, type BillingWorld } from '../support/billing-world';
import { keyOf, send } from '../support/subscribers';

const [SECRET] = SECOND_PORTONE_STORE.webhooks.LIVE.secrets;

/** Stores of PortOne as accounts: of the settings, and made over the API. */
describe('an account of PortOne', () => {
  let world: BillingWorld;
  let headers: Record<string, string>;

  beforeAll(async () => {
    world = await startWorld({ portone: true });
    headers = { Authorization: `Bearer ${await keyOf(world, 'Park', 'admin')}` };
  });

  afterEach(() => world.simulator.portone.disarmAllFaults());
  afterAll(() => world.close());

  const made = (id: string, { storeId, apiSecret, channels }: PortOneStoreOptions, more = {}) =>
    send(
      world,
      'POST',
      'gateway-accounts',
      {
        ...{ id, gateway: 'portone', label: 'PortOne, second shop' },
        identifiers: { storeId, channelKeys: channels.map(({ key }) => key).join(','), ...more },
        credentials: { apiSecret, webhookSecrets: `${SECRET},pzQGE83cSIRKM4/WH5QY+g==` },
      },
      headers,
    );
  const checked = (query = '') => send(world, 'POST', `checks/portone${query}`);

  it('is made by the settings, and shows its store and channels and no secret', async () => {
    const { status, body } = await world.get('gateway-accounts/portone');
    expect([status, body.problem]).toEqual([200, null]);
    expect(body.identifiers).toEqual({ storeId: PORTONE_STORE.storeId, channelKeys: PORTONE_STORE.channels[0]?.key });
    expect(JSON.stringify(body)).not.toContain(PORTONE_STORE.apiSecret);
  });

  it('was tried by itself, and works', async () => {
    expect((await checked()).body).toMatchObject({ outcome: 'works', detail: expect.stringContaining('API secret') });
  });

  it('is made over the API with several channels and webhook secrets, confirmed by us where it is said', async () => {
    const { status, body } = await made('portone-second', SECOND_PORTONE_STORE, { manualConfirm: 'true' });
    expect([status, body.identifiers.manualConfirm]).toEqual([201, 'true']);
    expect((await checked('?account=portone-second')).body).toMatchObject({ outcome: 'works' });
    const shown = JSON.stringify((await world.get('gateway-accounts/portone-second')).body);
    expect(shown).not.toContain(SECRET);
    expect(shown).not.toContain(SECOND_PORTONE_STORE.apiSecret);
  });

  it.each([
    ['identifiers.storeId', { storeId: 'imp1234' }],
    ['identifiers.channelKeys', { channelKeys: 'channel-key-1 channel-key-2' }],
    ['identifiers.manualConfirm', { manualConfirm: 'yes' }],
  ])('is not made with a wrong %s', async (field, more) => {
    const { status, body } = await made('portone-wrong', SECOND_PORTONE_STORE, more);
    expect([status, body.faults?.[0]?.field]).toEqual([400, field]);
  });

  it('is told that its secret is of another store, or of nobody', async () => {
    const { storeId } = PORTONE_STORE;
    expect((await made('portone-swapped', SECOND_PORTONE_STORE, { storeId })).status).toBe(201);
    expect((await checked('?account=portone-swapped')).body).toMatchObject({
      outcome: 'wrong-credentials',
      act: expect.stringContaining('gateway-accounts rotate portone-swapped'),
    });
  });

  it('says nothing of the credentials where PortOne says nothing', async () => {
    world.simulator.portone.armFault({ kind: 'call-failing', call: 'lookup' });
    expect((await checked('?account=portone-second')).body).toMatchObject({ outcome: 'no-verdict' });
  });
});
