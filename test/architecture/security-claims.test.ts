import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const text = readFileSync(join(root, 'docs/threat-model.md'), 'utf8');

/** Rows of the table of requirements: numbers, and the tests that they name. */
const rows = text
  .split('\n')
  .filter((line) => /^\| \d+\.\d+\.\d+/.test(line))
  .map((line) => {
    const cells = line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, ''));
    const claims = (cells[2] ?? '').split('<br>').map((claim) => {
      const [, file = '', title = ''] = /^`(test\/\S+\.test\.ts)` › (.+)$/.exec(claim) ?? [];
      return { claim, file, title };
    });
    return { requirements: (cells[0] ?? '').match(/\d+\.\d+\.\d+/g) ?? [], cells, claims };
  });

/** Whether a file has a test, or a group of tests, of that title, however it is quoted. */
const hasTest = (file: string, title: string): boolean => {
  const source = readFileSync(join(root, file), 'utf8');
  return [`'${title}'`, `"${title}"`, `\`${title}\``].some((quoted) => source.includes(quoted));
};

it('claims something', () => {
  expect(rows.length).toBeGreaterThan(60);
});

it.each(rows.flatMap(({ claims }) => claims))('$file has “$title”', ({ claim, file, title }) => {
  expect([claim, existsSync(join(root, file))]).toEqual([claim, true]);
  expect([claim, hasTest(file, title)]).toEqual([claim, true]);
});

it('says what is done in every row, and nothing of a requirement twice', () => {
  for (const { cells, requirements } of rows) {
    expect([cells, cells.length]).toEqual([cells, 3]);
    expect(requirements.length).toBeGreaterThan(0);
  }
  const all = rows.flatMap(({ requirements }) => requirements);
  expect(all.filter((one, place) => all.indexOf(one) !== place)).toEqual([]);
});

it('admits what is not covered without claiming it as well', () => {
  const [, admitted = ''] = text.split('## Not covered, and known');
  const missing = admitted.match(/^- (?:\d+\.\d+\.\d+(?:, |; )?)+/gm)?.join() ?? '';
  const claimed = new Set(rows.flatMap(({ requirements }) => requirements));
  for (const requirement of missing.match(/\d+\.\d+\.\d+/g) ?? []) expect(claimed).not.toContain(requirement);
});
