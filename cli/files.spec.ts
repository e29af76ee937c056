import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secretsOf } from './files';

describe('secrets from a file', () => {
  let folder: string;
  const file = () => join(folder, 'secrets');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cli-secrets-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('are a line each, with whatever signs they have', async () => {
    await writeFile(file(), 'clientId=a-client\r\nclientSecret=se=cret+/=\n\n');
    expect(await secretsOf(file())).toEqual({ clientId: 'a-client', clientSecret: 'se=cret+/=' });
  });

  it.each(['', 'clientSecret', 'clientId=x\nhush hush'])('are refused without being told: %j', async (text) => {
    await writeFile(file(), text);
    const refusal = await secretsOf(file()).catch((error: unknown) => (error as Error).message);
    expect(refusal).toMatch(/has a line that is not name=value/);
    expect(refusal).not.toMatch(/hush|clientSecret/);
  });

  it('are asked for again where there is no such file', async () => {
    await expect(secretsOf(join(folder, 'none'))).rejects.toThrow('can’t be read');
  });
});
