'use strict';

/** Loaded with `node --require`: lets a child process of a test run the TypeScript as it stands, without a build. */
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { transformSync } = require('@swc/core');

require('reflect-metadata');

const swc = JSON.parse(readFileSync(join(__dirname, '../../.swcrc'), 'utf8'));

require.extensions['.ts'] = (module, filename) => {
  const source = readFileSync(filename, 'utf8');
  const { code } = transformSync(source, { ...swc, swcrc: false, filename, sourceMaps: 'inline' });
  module._compile(code, filename);
};
