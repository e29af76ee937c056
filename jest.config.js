const { readFileSync } = require('node:fs');
const { availableParallelism } = require('node:os');

const swc = JSON.parse(readFileSync(`${__dirname}/.swcrc`, 'utf8'));
const minutes = (count) => count * 60_000;

/** Written as ES modules, which Node can require and Jest's own module system cannot. */
const ES_MODULES = [
  '@nestjs',
  '@borewit',
  '@tokenizer',
  'content-disposition',
  'cookie',
  'file-type',
  'hucre',
  'strtok3',
  'token-types',
  'uint8array-extras',
];

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/cli', '<rootDir>/simulator', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  setupFiles: ['reflect-metadata', '<rootDir>/test/support/one-connection.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { ...swc, swcrc: false, sourceMaps: 'inline' }],
    '\\.m?js$': ['@swc/jest', { ...swc, swcrc: false, sourceMaps: false }],
  },
  transformIgnorePatterns: [`/node_modules/(?!(.*/)?(${ES_MODULES.join('|')})/)`],
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  testSequencer: '<rootDir>/test/support/faults-first.cjs',
  // One PostgreSQL serves them all. More workers than two cores, because tests wait for processes, ticks and the database.
  maxWorkers: Math.max(3, Math.min(4, availableParallelism())),
  // Modules of spec files that are over stay in a worker's memory.
  workerIdleMemoryLimit: '1.5GB',
  // Far more than any test takes: so that a machine that is busy with others turns none red.
  testTimeout: minutes(15),
};
