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
  // Loading modules dominates and the machine is small: more workers than this only wait for one another.
  maxWorkers: 2,
  testTimeout: 30_000,
};
