const { globalSetup, globalTeardown, testPathIgnorePatterns, ...base } = require('../../jest.config.cjs');

/**
 * `npm run test:browser`: a real Chromium before the whole local stack, which brings its own Postgres.
 *
 * @type {import('jest').Config}
 */
module.exports = {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/test/browser'],
  testTimeout: 60_000,
};
