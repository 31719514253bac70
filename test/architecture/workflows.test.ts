import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const github = join(__dirname, '../../.github');
const readAll = (folder: string, fileOf: (name: string) => string) =>
  readdirSync(join(github, folder)).map(
    (name) => [name, readFileSync(join(github, folder, fileOf(name)), 'utf8')] as const,
  );
const workflows = readAll('workflows', (name) => name);
const actions = readAll('actions', (name) => join(name, 'action.yml'));

/** Those that run whatever packages bring with them: install scripts and the tests' own code. */
const RUNS_PACKAGES = /npm ci(?! --ignore-scripts)|npm test/;

describe.each([...workflows, ...actions])('%s', (_file, text) => {
  it('runs actions by their commit, which nobody can move', () => {
    const used = [...text.matchAll(/uses: (\S+)(.*)/g)].filter(([, action]) => !isOurs(action ?? ''));
    expect(used.length).toBeGreaterThan(0);
    for (const [, action, comment] of used) {
      expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
      expect(comment).toMatch(/^ # v\d+\.\d+\.\d+$/);
    }
  });

  it('puts nothing into a script that comes with an event: only through variables', () => {
    const scripts = [...text.matchAll(/run: (?:[|>]-?\n((?: {8,}.*\n)+)|(.*))/g)].map(
      ([, many, one]) => many ?? one,
    );
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) expect(script).not.toContain('${{');
  });
});

describe.each(workflows)('%s', (_file, text) => {
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

  it('gives no job a token of AWS that runs install scripts or tests of packages', () => {
    for (const [name, job] of jobsOf(text)) {
      const code = [
        job,
        ...actions.filter(([action]) => job.includes(`actions/${action}`)).map(([, t]) => t),
      ];
      if (job.includes('id-token: write'))
        expect([name, code.join('\n')]).not.toEqual([name, expect.stringMatching(RUNS_PACKAGES)]);
    }
  });
});

describe('a deployment', () => {
  const [, text = ''] = workflows.find(([name]) => name === 'deploy.yml') ?? [];
  const [, action = ''] = actions.find(([name]) => name === 'deploy-stage') ?? [];
  const jobs = new Map(jobsOf(text));

  it('reaches staging behind the tests, and production behind staging', () => {
    expect(jobs.get('staging')).toContain('needs: test\n');
    expect(jobs.get('production')).toContain('needs: staging\n');
  });

  it('migrates first, then deploys, then looks whether the stage answers', () => {
    const at = ['npm run migrate', 'cdk deploy', 'npm run smoke'].map((step) => action.indexOf(step));
    expect(Math.min(...at)).toBeGreaterThan(0);
    expect(at).toEqual([...at].sort((a, b) => a - b));
  });

  it('is given what the diff on the pull request was given, or that would show something else', () => {
    const contextOf = (script: string) => [...script.matchAll(/-c (\w+)=/g)].map(([, name]) => name).sort();
    expect(contextOf(action)).toEqual(['alarmEmail', 'mailSender', 'siteUrl', 'stage']);
    expect(contextOf(jobs.get('diff') ?? '')).toEqual(contextOf(action));
  });
});

/** An action of this repository, which comes with the commit. */
function isOurs(action: string): boolean {
  return action.startsWith('./.github/actions/');
}

/** The jobs of a workflow with their text. */
function jobsOf(workflow: string): (readonly [string, string])[] {
  const [, ...parts] = workflow.slice(workflow.indexOf('\njobs:\n')).split(/\n {2}(?=[a-z]+:\n)/);
  return parts.map((part) => [part.slice(0, part.indexOf(':')), part] as const);
}
