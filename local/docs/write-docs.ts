import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { factsDocument } from './facts-document';
import { withRateLimitsTable } from './rate-limits-document';

/** `npm run docs`: makes the pages of docs/, and the parts of pages, that are made from data. */
const main = (): void => {
  writeFileSync(join(__dirname, '../../docs/facts.md'), factsDocument());
  const limits = join(__dirname, '../../docs/rate-limits.md');
  writeFileSync(limits, withRateLimitsTable(readFileSync(limits, 'utf8')));
};

main();
