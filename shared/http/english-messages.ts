import { config } from 'zod/v4/core';
import en from 'zod/v4/locales/en.js';

/**
 * Gives validation errors their English sentences; without it zod/mini says "Invalid input" to everything. Called by the
 * entries whose contracts describe input, not by the stack: it weighs 1.4 kB gzip, which the webhook function has no use
 * for.
 */
export const useEnglishMessages = (): void => {
  config(en());
};
