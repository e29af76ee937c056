import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceSettings } from '../../simulator';
import { makeDataDirectory, TRIAL_KEYS_FILE, readConfiguration, trialKeys, withTrialSettings } from '../../src/config';

describe('the settings of a first try', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'trial-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('are complete without any, and the same at every start', () => {
    const first = withTrialSettings({ DATA_DIR: directory });
    expect(withTrialSettings({ DATA_DIR: directory })).toEqual(first);
    expect(first.keysFile).toBe(join(directory, TRIAL_KEYS_FILE));
    expect(readConfiguration(first.settings)).toMatchObject({ database: { url: undefined } });
    expect(statSync(join(directory, TRIAL_KEYS_FILE)).mode & 0o777).toBe(0o600);
  });

  it('are those the simulator expects, and the keys the demo encrypts with', () => {
    const { settings } = withTrialSettings({ DATA_DIR: directory });
    const { ENVIRONMENT: _, ...expected } = Object.fromEntries(
      Object.entries(serviceSettings('')).filter(([name]) => !name.endsWith('_BASE_URL')),
    );
    expect(settings).toMatchObject(expected);
    expect(settings).toMatchObject(trialKeys(directory));
    expect(JSON.parse(readFileSync(join(directory, TRIAL_KEYS_FILE), 'utf8'))).toEqual(trialKeys(directory));
  });

  it('give way to every setting that is stated', () => {
    const stated = { DATA_DIR: directory, TSTORE_MID: 'mine', HOST: '0.0.0.0', ADMIN_BOOTSTRAP_KEY: 'x'.repeat(24) };
    expect(withTrialSettings(stated).settings).toMatchObject(stated);
  });

  it.each([{ DATABASE_URL: 'postgres://db/x' }, { ENVIRONMENT: 'live' }, { ENCRYPTION_KEYS: 'k1:x' }])(
    'are for nothing but a try: not with %j',
    (stated) => {
      const given = { DATA_DIR: join(directory, 'untouched'), ...stated };
      expect(withTrialSettings(given)).toEqual({ settings: given });
      expect(() => statSync(join(directory, 'untouched'))).toThrow('ENOENT');
    },
  );

  it('need a directory: one is made, and what is in its way is named', () => {
    const deep = join(directory, 'a', 'b');
    makeDataDirectory(deep);
    expect(statSync(deep).isDirectory()).toBe(true);
    const file = join(directory, 'file');
    writeFileSync(file, '');
    for (const impossible of [file, join(file, 'below'), '/proc/none/below']) {
      expect(() => withTrialSettings({ DATA_DIR: impossible })).toThrow(
        /DATA_DIR: expected a directory that can be made/,
      );
    }
  });
});
