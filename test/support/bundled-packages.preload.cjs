'use strict';

/**
 * Loaded with `node --require` into a process of a test: packages come from the one file that `bundled-packages.cjs` made.
 * Where there is no compiled form of it yet, what the process needed of it is kept beside it at its end.
 */
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname } = require('node:path');
const { Script } = require('node:vm');

const file = process.env.BUNDLED_PACKAGES;
const compiled = `${file}.compiled`;

const cachedData = existsSync(compiled) ? readFileSync(compiled) : undefined;
const script = new Script(Module.wrap(readFileSync(file, 'utf8')), { filename: file, cachedData });
const bundle = { exports: {} };
const requireFromBundle = Module.createRequire(file);
script.runInThisContext()(bundle.exports, requireFromBundle, bundle, file, dirname(file));

const load = Module._load;
Module._load = function (request, ...rest) {
  return Object.hasOwn(bundle.exports, request) ? bundle.exports[request] : load.call(this, request, ...rest);
};

if (cachedData === undefined) {
  process.once('exit', () => writeFileSync(compiled, script.createCachedData()));
}
