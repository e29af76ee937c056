import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { messageOf } from '../kernel/errors';
import { InvalidConfigurationError } from './read-configuration';

/**
 * Makes the directory of our data where it is missing.
 *
 * A folder at a time: Node's own recursion never ends below `/proc`, where nothing can be made and nobody says so.
 *
 * @throws {InvalidConfigurationError} naming `DATA_DIR` and what is in its way
 */
export function makeDataDirectory(directory: string): void {
  try {
    makeFolder(resolve(directory));
  } catch (error) {
    const expected = `a directory that can be made and written to (${messageOf(error)})`;
    throw new InvalidConfigurationError([{ field: 'DATA_DIR', expected }]);
  }
}

function makeFolder(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return;
  if (found !== undefined) throw new Error(`${path} is a file`);
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have made it in the same moment.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
