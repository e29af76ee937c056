'use strict';

/**
 * Loaded with `node --require`: lets a process run the TypeScript as it stands, without a build. What was compiled once is
 * kept.
 */
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { transformSync, version } = require('@swc/core');

if (process.env.BUNDLED_PACKAGES !== undefined) require('./bundled-packages.preload.cjs');
require('reflect-metadata');

const ROOT = join(__dirname, '../..');
const COMPILED = join(ROOT, '.data/compiled');
const swc = JSON.parse(readFileSync(join(ROOT, '.swcrc'), 'utf8'));
const compiler = version + JSON.stringify(swc);

/** For each loaded file, where the map lies that leads from its compiled form back to it. */
const sourceMaps = new Map();

mkdirSync(COMPILED, { recursive: true });

require.extensions['.ts'] = (module, filename) => {
  const source = readFileSync(filename, 'utf8');
  // The map names its source, so a file that moves is compiled again.
  const hash = createHash('sha256').update(compiler).update(filename).update(source).digest('hex').slice(0, 32);
  const compiled = join(COMPILED, `${hash}.js`);
  if (!existsSync(compiled)) {
    const { code, map } = transformSync(source, { ...swc, swcrc: false, filename, sourceMaps: true });
    writeWhole(`${compiled}.map`, map);
    writeWhole(compiled, code);
  }
  sourceMaps.set(filename, `${compiled}.map`);
  module._compile(readFileSync(compiled, 'utf8'), filename);
};

/** Written aside and renamed: other processes look for it too. */
function writeWhole(file, text) {
  const partial = `${file}.${process.pid}.part`;
  writeFileSync(partial, text);
  renameSync(partial, file);
}

module.exports = { sourceMaps };
