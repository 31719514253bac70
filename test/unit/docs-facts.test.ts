import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { factsDocument } from '../../local/docs/facts-document';

it('docs/facts.md is what the data of the model gives (npm run docs makes it)', () => {
  expect(readFileSync(join(__dirname, '../../docs/facts.md'), 'utf8')).toBe(factsDocument());
});
