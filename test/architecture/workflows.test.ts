import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(__dirname, '../../.github/workflows');
const workflows = readdirSync(folder).map(
  (file) => [file, readFileSync(join(folder, file), 'utf8')] as const,
);

describe.each(workflows)('%s', (_file, text) => {
  it('runs actions by their commit, which nobody can move', () => {
    const used = [...text.matchAll(/uses: (\S+)(.*)/g)];
    expect(used.length).toBeGreaterThan(0);
    for (const [, action, comment] of used) {
      expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
      expect(comment).toMatch(/^ # v\d+\.\d+\.\d+$/);
    }
  });

  it('may read the repository and nothing else, but for a token of AWS where a job deploys', () => {
    expect(text).toMatch(/^permissions:\n {2}contents: read\n\n/m);
    const granted = [...text.matchAll(/^ +([a-z-]+): (read|write)$/gm)].map(
      ([, name, right]) => `${name}: ${right}`,
    );
    expect(granted.filter((one) => !['contents: read', 'id-token: write'].includes(one))).toEqual([]);
    expect(text).not.toMatch(/write-all|pull_request_target/);
  });

  it('leaves no token of the repository behind for the code that it runs', () => {
    const checkouts = text.split('actions/checkout@').slice(1);
    for (const rest of checkouts) expect(rest).toMatch(/^[^\n]*\n\s+with:\n\s+persist-credentials: false\n/);
  });

  it('puts nothing into a script that comes with an event: only through variables', () => {
    const scripts = [...text.matchAll(/run: (?:[|>]-?\n((?: {10,}.*\n)+)|(.*))/g)].map(
      ([, many, one]) => many ?? one,
    );
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) expect(script).not.toContain('${{');
  });
});
