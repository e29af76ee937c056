const { readFileSync } = require('node:fs');

/**
 * Nest 12 ships ES modules only. They are compiled to CommonJS together with our own sources, which keeps Jest on its
 * stable module system.
 */
const ES_MODULES = [
  '@nestjs',
  'cookie',
  'content-disposition',
  'file-type',
  'strtok3',
  'token-types',
  'uint8array-extras',
  '@tokenizer',
  '@borewit',
];
const swc = JSON.parse(readFileSync(`${__dirname}/.swcrc`, 'utf8'));

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/simulator', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { ...swc, sourceMaps: 'inline' }],
    '\\.m?js$': ['@swc/jest', { jsc: { target: 'es2023' }, module: { type: 'commonjs' } }],
  },
  transformIgnorePatterns: [`/node_modules/(?!(.*/)?(${ES_MODULES.join('|')})/)`],
  setupFiles: ['reflect-metadata'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  testSequencer: '<rootDir>/test/support/faults-first.cjs',
  // One more than the cores of a small machine: much of the time of the specs of faults is waiting for processes.
  maxWorkers: 3,
  // Far more than any test takes: so that a machine that is busy with others turns none red.
  testTimeout: 300_000,
};
