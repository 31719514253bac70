import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { factsDocument } from './facts-document';

/** `npm run docs`: makes the pages of docs/ that are made from data. */
const main = (): void => {
  writeFileSync(join(__dirname, '../../docs/facts.md'), factsDocument());
};

main();
