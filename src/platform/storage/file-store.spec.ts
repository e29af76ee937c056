import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type fs from 'node:fs/promises';
import { copyFile, mkdir, mkdtemp, open, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { KeyRing } from '../crypto';
import { FileStore } from './file-store';
import { CHUNK_BYTES, SEALED_CHUNK_BYTES } from './sealed-stream';

const OLD = { keyId: 'old', key: randomBytes(32) };
const NEW = { keyId: 'new', key: randomBytes(32) };
const NAME = 'request-files/job-1.pay';

describe('FileStore', () => {
  let directory: string;
  let files: FileStore;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'file-store-'));
    files = new FileStore({ directory }, new KeyRing({ keys: [OLD] }));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const pathOf = (name: string): string => join(directory, name);
  const read = (name: string, store = files): Promise<Buffer> => buffer(store.openRead(name));
  const namesIn = (folder: string): Promise<string[]> => readdir(join(directory, folder));
  const unusable = expect.objectContaining({ code: 'ciphertext-invalid' });

  /** In pieces of one size, whatever the chunks are. */
  async function* pieces(content: Buffer, pieceBytes: number): AsyncGenerator<Buffer> {
    for (let at = 0; at < content.length; at += pieceBytes) yield content.subarray(at, at + pieceBytes);
  }

  /** Three chunks, the last one short. */
  const threeChunks = randomBytes(2 * CHUNK_BYTES + 1_000);

  async function stored(name: string, content = threeChunks): Promise<{ sealed: Buffer; headerBytes: number }> {
    await files.write(name, pieces(content, 10_000));
    const sealed = await readFile(pathOf(name));
    const chunks = Math.max(1, Math.ceil(content.length / CHUNK_BYTES));
    return { sealed, headerBytes: sealed.length - content.length - chunks * (SEALED_CHUNK_BYTES - CHUNK_BYTES) };
  }

  it.each([0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])(
    'gives %i bytes back as they came, with their number and checksum',
    async (length) => {
      const content = randomBytes(length);
      for (const pieceBytes of [777, CHUNK_BYTES, 200_000]) {
        const sha256 = createHash('sha256').update(content).digest();
        expect(await files.write(NAME, pieces(content, pieceBytes))).toEqual({ byteCount: length, sha256 });
        expect((await read(NAME)).equals(content)).toBe(true);
        expect(await files.size(NAME)).toBe(length);
      }
    },
  );

  it('gives several megabytes back that came in pieces of odd sizes', async () => {
    const content = randomBytes(5_000_011);
    const sizes = [1, 65_537, 777, CHUNK_BYTES - 1, 300_007, 13];
    async function* oddPieces(): AsyncGenerator<Buffer> {
      for (let at = 0, piece = 0; at < content.length; piece++) {
        const bytes = sizes[piece % sizes.length] ?? 1;
        yield content.subarray(at, at + bytes);
        at += bytes;
      }
    }
    const sha256 = createHash('sha256').update(content).digest();
    expect(await files.write(NAME, oddPieces())).toEqual({ byteCount: content.length, sha256 });
    expect((await read(NAME)).equals(content)).toBe(true);
    expect(await files.size(NAME)).toBe(content.length);
  });

  it('takes a source that uses its buffer again', async () => {
    const shared = Buffer.alloc(1_000);
    async function* source(): AsyncGenerator<Buffer> {
      for (let round = 0; round < 300; round++) yield shared.fill(round);
    }
    await files.write(NAME, source());
    const content = await read(NAME);
    for (let round = 0; round < 300; round++) expect(content[round * 1_000 + 999]).toBe(round & 0xff);
  });

  it('writes nothing readable, for nobody else', async () => {
    const token = '9843FA6B77E5C8F8DFCD17B2C356373C';
    await files.write(NAME, pieces(Buffer.from(token.repeat(100)), 50));
    expect((await readFile(pathOf(NAME))).includes(token)).toBe(false);
    expect((await stat(pathOf(NAME))).mode & 0o777).toBe(0o600);
    expect((await stat(pathOf('request-files'))).mode & 0o777).toBe(0o700);
  });

  it('encrypts the same content differently each time', async () => {
    const first = (await stored(NAME)).sealed;
    expect((await stored(NAME)).sealed.subarray(-1_000)).not.toEqual(first.subarray(-1_000));
  });

  describe('refuses', () => {
    async function expectRefused(content: Buffer): Promise<void> {
      await writeFile(pathOf(NAME), content);
      await expect(read(NAME)).rejects.toEqual(unusable);
    }

    it('a file cut off anywhere, at the end of a chunk too', async () => {
      const { sealed, headerBytes } = await stored(NAME);
      const chunkEnds = [0, 1, 2].map((chunk) => headerBytes + chunk * SEALED_CHUNK_BYTES);
      for (const length of [
        0,
        3,
        headerBytes - 1,
        ...chunkEnds,
        ...chunkEnds.map((end) => end + 5),
        sealed.length - 1,
      ]) {
        await expectRefused(sealed.subarray(0, length));
      }
    });

    it('a file with something behind it', async () => {
      const { sealed } = await stored(NAME);
      await expectRefused(Buffer.concat([sealed, Buffer.of(0)]));
      await expectRefused(Buffer.concat([sealed, sealed.subarray(-1_016)]));
    });

    it('chunks in another order, twice, or left out', async () => {
      const { sealed, headerBytes } = await stored(NAME);
      const header = sealed.subarray(0, headerBytes);
      const first = sealed.subarray(headerBytes, headerBytes + SEALED_CHUNK_BYTES);
      const second = sealed.subarray(headerBytes + SEALED_CHUNK_BYTES, headerBytes + 2 * SEALED_CHUNK_BYTES);
      const last = sealed.subarray(headerBytes + 2 * SEALED_CHUNK_BYTES);
      await expectRefused(Buffer.concat([header, second, first, last]));
      await expectRefused(Buffer.concat([header, first, first, second, last]));
      await expectRefused(Buffer.concat([header, first, last]));
      await expectRefused(Buffer.concat([header, last]));
    });

    it('a byte changed in the header, in a chunk, or in a tag', async () => {
      const { sealed, headerBytes } = await stored(NAME);
      const changed = [0, headerBytes - 1, headerBytes, headerBytes + SEALED_CHUNK_BYTES - 1, sealed.length - 1];
      for (const at of changed) {
        const altered = Buffer.from(sealed);
        altered[at] = (altered[at] ?? 0) ^ 1;
        await expectRefused(altered);
      }
    });

    it('a file put in the place of another, or parts of one', async () => {
      const one = await stored(NAME);
      const other = await stored('request-files/job-2.pay', randomBytes(threeChunks.length));
      await copyFile(pathOf('request-files/job-2.pay'), pathOf(NAME));
      await expect(read(NAME)).rejects.toEqual(unusable);
      await expectRefused(Buffer.concat([one.sealed.subarray(0, -1_016), other.sealed.subarray(-1_016)]));
      expect((await read('request-files/job-2.pay')).length).toBe(threeChunks.length);
    });

    it('a file whose key is not configured, naming the key', async () => {
      await stored(NAME);
      const elsewhere = new FileStore({ directory }, new KeyRing({ keys: [NEW] }));
      const missing = { code: 'encryption-key-unknown', message: expect.stringContaining('"old"') };
      await expect(read(NAME, elsewhere)).rejects.toEqual(expect.objectContaining(missing));
    });

    it('to state the size of what is no stored file', async () => {
      const { sealed, headerBytes } = await stored(NAME);
      for (const length of [0, headerBytes, headerBytes + 15, headerBytes + SEALED_CHUNK_BYTES + 15]) {
        await writeFile(pathOf(NAME), sealed.subarray(0, length));
        await expect(files.size(NAME)).rejects.toEqual(unusable);
      }
    });

    it.each(['', 'a', '/etc/passwd', '../x', 'a/../b', 'a/b/c', 'a/.hidden', 'a/', './a', 'a/b\0c', 'a\\b/c', 'A b/c'])(
      'the name %p',
      async (name) => {
        await expect(files.write(name, pieces(threeChunks, 1_000))).rejects.toThrow(TypeError);
        expect(() => files.openRead(name)).toThrow(TypeError);
        await expect(files.remove(name)).rejects.toThrow(TypeError);
        expect(await readdir(directory)).toEqual([]);
      },
    );
  });

  it('reads what it began to read, even when the file is replaced meanwhile', async () => {
    const before = randomBytes(20 * CHUNK_BYTES);
    await files.write(NAME, pieces(before, CHUNK_BYTES));
    const parts: Buffer[] = [];
    for await (const part of files.openRead(NAME)) {
      if (parts.length === 0) await files.write(NAME, pieces(Buffer.from('something else'), 100));
      parts.push(part as Buffer);
    }
    expect(Buffer.concat(parts).equals(before)).toBe(true);
    expect((await read(NAME)).toString()).toBe('something else');
  });

  it('fetches no more from a source than the disk has taken', async () => {
    let fetched = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) {
        fetched += 1;
        yield Buffer.alloc(CHUNK_BYTES);
        if (fetched === 50) throw new Error('enough');
        const written = (await stat(join(directory, 'request-files', (await namesIn('request-files'))[0] ?? ''))).size;
        expect(written).toBeGreaterThanOrEqual((fetched - 2) * CHUNK_BYTES);
      }
    }
    await expect(files.write(NAME, endless())).rejects.toThrow('enough');
  });

  describe('leaves the file of before and nothing else', () => {
    beforeEach(() => files.write(NAME, pieces(Buffer.from('before'), 10)));

    async function expectAsBefore(): Promise<void> {
      expect(await namesIn('request-files')).toEqual(['job-1.pay']);
      expect((await read(NAME)).toString()).toBe('before');
    }

    it('when the source breaks off', async () => {
      async function* broken(): AsyncGenerator<Buffer> {
        yield randomBytes(3 * CHUNK_BYTES);
        throw new Error('connection lost');
      }
      await expect(files.write(NAME, broken())).rejects.toThrow('connection lost');
      await expectAsBefore();
    });

    it('when what was written is not accepted', async () => {
      const refusal = new Error('one row too few');
      let seen = 0;
      async function* counted(): AsyncGenerator<Buffer> {
        yield* pieces(threeChunks, 1_000);
        seen = threeChunks.length;
      }
      const accept = (): void => {
        expect(seen).toBe(threeChunks.length);
        throw refusal;
      };
      await expect(files.write(NAME, counted(), { accept })).rejects.toBe(refusal);
      await expectAsBefore();
    });

    it('when writing can’t even begin, and lets go of the source', async () => {
      await writeFile(join(directory, 'blocked'), 'a file where a folder should be');
      const source = Readable.from(pieces(threeChunks, 1_000));
      await expect(files.write('blocked/job-1.pay', source)).rejects.toThrow();
      expect(source.destroyed).toBe(true);
      await expectAsBefore();
    });
  });

  describe('leaves nothing where nothing was before', () => {
    async function expectNothing(): Promise<void> {
      expect(await namesIn('request-files')).toEqual([]);
      expect(await files.exists(NAME)).toBe(false);
    }

    it('when the source breaks off', async () => {
      async function* broken(): AsyncGenerator<Buffer> {
        yield threeChunks;
        throw new Error('connection lost');
      }
      await expect(files.write(NAME, broken())).rejects.toThrow('connection lost');
      await expectNothing();
    });

    it('when what was written is not accepted', async () => {
      const refusal = new Error('one row too few');
      const accept = (): void => {
        throw refusal;
      };
      await expect(files.write(NAME, pieces(threeChunks, 1_000), { accept })).rejects.toBe(refusal);
      await expectNothing();
    });
  });

  it('says whether there is a file, and removes one or none', async () => {
    expect(await files.exists(NAME)).toBe(false);
    await stored(NAME);
    expect(await files.exists(NAME)).toBe(true);
    await files.remove(NAME);
    await files.remove(NAME);
    expect(await files.exists(NAME)).toBe(false);
    await expect(read(NAME)).rejects.toThrow('ENOENT');
  });

  it('closes a file that is not read to the end', async () => {
    await files.write(NAME, pieces(randomBytes(10 * CHUNK_BYTES), CHUNK_BYTES));
    const opened = jest.spyOn(jest.requireActual<typeof fs>('node:fs/promises'), 'open');
    const stream = files.openRead(NAME);
    await once(stream, 'readable');
    const handle = await opened.mock.results[0]?.value;
    opened.mockRestore();
    expect(handle.fd).toBeGreaterThan(0);
    stream.destroy();
    await once(stream, 'close');
    expect(handle.fd).toBe(-1);
  });

  describe('cleanUp', () => {
    const lastDay = new Date('2026-11-19T00:00:00Z');

    async function leftover(name: string, writtenAt: Date): Promise<void> {
      await (await open(pathOf(name), 'w')).close();
      await utimes(pathOf(name), writtenAt, writtenAt);
    }

    it('removes what dead writers left behind, and nothing else', async () => {
      await stored(NAME);
      await utimes(pathOf(NAME), new Date(0), new Date(0));
      const partial = `${NAME}.8f14e45f-ceea-467f-a9d3-7d1a1b2c3d4e.part`;
      await leftover(partial, new Date(lastDay.getTime() - 1));
      await leftover(partial.replace('8f', '9f'), lastDay);
      await leftover('request-files/of-somebody-else.part', new Date(0));
      await leftover('request-files/spooled.tmp', new Date(lastDay.getTime() - 1));
      await leftover('request-files/in-use.tmp', lastDay);
      await mkdir(pathOf('postgres'));
      await leftover('postgres/PG_VERSION', new Date(0));
      expect(await files.cleanUp(lastDay)).toBe(2);
      expect((await namesIn('request-files')).sort()).toEqual(
        ['in-use.tmp', 'job-1.pay', partial.replace('8f', '9f').slice(14), 'of-somebody-else.part'].sort(),
      );
      expect(await namesIn('postgres')).toEqual(['PG_VERSION']);
    });

    it('finds nothing where nothing was ever written', async () => {
      const store = new FileStore({ directory: join(directory, 'none') }, new KeyRing({ keys: [OLD] }));
      expect(await store.cleanUp(lastDay)).toBe(0);
    });
  });

  it('encrypts a file anew under the first key, once', async () => {
    await stored(NAME);
    const both = new FileStore({ directory }, new KeyRing({ keys: [NEW, OLD] }));
    expect(await both.reencrypt(NAME)).toBe(true);
    const onlyNew = new FileStore({ directory }, new KeyRing({ keys: [NEW] }));
    expect((await read(NAME, onlyNew)).equals(threeChunks)).toBe(true);
    const { ino } = await stat(pathOf(NAME));
    expect(await both.reencrypt(NAME)).toBe(false);
    expect((await stat(pathOf(NAME))).ino).toBe(ino);
    expect(await namesIn('request-files')).toEqual(['job-1.pay']);
  });

  it('keeps a file that can’t be encrypted anew as it is', async () => {
    const { sealed } = await stored(NAME);
    const cut = sealed.subarray(0, -1);
    await writeFile(pathOf(NAME), cut);
    const both = new FileStore({ directory }, new KeyRing({ keys: [NEW, OLD] }));
    await expect(both.reencrypt(NAME)).rejects.toEqual(unusable);
    expect((await readFile(pathOf(NAME))).equals(cut)).toBe(true);
    expect(await namesIn('request-files')).toEqual(['job-1.pay']);
  });
});
