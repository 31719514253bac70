const { availableParallelism } = require('node:os');

/** Real Postgres for SQL, typed fakes only at ports: see test/support. */
const esmPackages = ['@middy', 'jose', 'zod/v4', '@supabase/lite'];

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // Jest would use one of two cores, and tests wait more than they compute.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/test/browser/', '/test/e2e/files'],
  transform: {
    '^.+\\.(t|j|mj)s$': ['@swc/jest', { jsc: { target: 'es2024', parser: { syntax: 'typescript' } } }],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmPackages.join('|')})/)`],
  // middy's package names an entry for `import` only; jest looks for `require`.
  moduleNameMapper: { '^@middy/(core|util)$': '<rootDir>/node_modules/@middy/$1/index.js' },
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  testTimeout: 30_000,
};
