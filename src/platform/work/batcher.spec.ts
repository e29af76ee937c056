import { Batcher } from './batcher';

/** Until all that can go on by itself has. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('Batcher', () => {
  /** Batches that end when the test says so. */
  function held() {
    const batches: string[][] = [];
    const ends: (() => void)[] = [];
    const batcher = new Batcher<string, string>(async (pieces) => {
      batches.push([...pieces]);
      await new Promise<void>((resolve) => ends.push(resolve));
      return pieces.map((piece) => `${piece} done`);
    });
    return { batcher, batches, ends };
  }

  it('does who comes alone at once, and together what comes meanwhile', async () => {
    const { batcher, batches, ends } = held();
    const first = batcher.do('a');
    await settled();
    const others = ['b', 'c'].map((piece) => batcher.do(piece));
    await settled();
    expect(batches).toEqual([['a']]);
    ends[0]?.();
    expect(await first).toBe('a done');
    await settled();
    expect(batches).toEqual([['a'], ['b', 'c']]);
    ends[1]?.();
    expect(await Promise.all(others)).toEqual(['b done', 'c done']);
    void batcher.do('d');
    await settled();
    expect(batches[2]).toEqual(['d']);
    ends[2]?.();
  });

  it('takes along who comes in the same turn, but never more than 64', async () => {
    const { batcher, batches, ends } = held();
    const all = Array.from({ length: 65 }, (_, index) => batcher.do(String(index)));
    await settled();
    ends[0]?.();
    await settled();
    ends[1]?.();
    await Promise.all(all);
    expect(batches.map(({ length }) => length)).toEqual([64, 1]);
  });

  it('does the pieces of a batch that fails one by one, and only who fails alone is told so', async () => {
    const batches: string[][] = [];
    const batcher = new Batcher<string, string>((pieces) => {
      batches.push([...pieces]);
      if (pieces.includes('bad')) return Promise.reject(new Error('bad'));
      return Promise.resolve(pieces);
    });
    const ended = await Promise.allSettled(['a', 'bad', 'b'].map((piece) => batcher.do(piece)));
    expect(ended.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason)))).toEqual([
      'a',
      'Error: bad',
      'b',
    ]);
    expect(batches).toEqual([['a', 'bad', 'b'], ['a'], ['bad'], ['b']]);
    expect(await batcher.do('c')).toBe('c');
  });
});
