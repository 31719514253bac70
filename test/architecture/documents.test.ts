import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { eventTypes as paypalEventTypes } from '../../local/paypal/notify';
import { DEFAULT_PORTS, type Ports, portVariable } from '../../local/ports/ports';
import { scripts } from '../../package.json';
import { listStripeEvents } from '../../services/payment/providers/list-stripe-events';
import { ROUTES } from '../support/contracts';
import { ROOT } from './cruise';

/** What is made, not written. */
const MADE = ['.git', '.tandem', 'cdk.out', 'coverage', 'node_modules'];

/** Every file of the repository by its path. */
const files = readdirSync(ROOT, { withFileTypes: true })
  .filter(({ name }) => !MADE.includes(name))
  .flatMap((top) =>
    top.isDirectory()
      ? readdirSync(join(ROOT, top.name), { recursive: true, encoding: 'utf8' }).map(
          (path) => `${top.name}/${path}`,
        )
      : [top.name],
  );

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const pages = files
  .filter((path) => /^(?:[A-Z]+|docs\/.+)\.md$/.test(path))
  .map((path) => [path, read(path)]);

/** Pages that say how things are; decisions also name what they rejected, and what has been renamed since. */
const current = pages.filter(([path]) => !path?.startsWith('docs/adr/'));

/** All words of the code, its settings and its SQL. */
const words = new Set([
  ...files
    .filter((path) => /\.(?:ts|sql|toml|ya?ml|example)$|^package\.json$/.test(path))
    .filter((path) => path !== 'test/architecture/documents.test.ts')
    .flatMap((path) => read(path).match(/\w+/g) ?? []),
  ...Object.keys(DEFAULT_PORTS).map((name) => portVariable(name as keyof Ports)),
]);

/** Of others, and not used here: a state of CloudFormation, a function of hosted Supabase. */
const FOREIGN = new Set(['UPDATE_ROLLBACK_FAILED', 'broadcast_changes']);

/** What stands in backticks within a line. */
const spansOf = (text: string): readonly string[] =>
  [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);

/** `a/{b,c}.ts` as the two that it stands for. */
const unfold = (path: string): readonly string[] => {
  const [all, choices] = /\{([^}]+)\}/.exec(path) ?? [];
  return all === undefined || choices === undefined
    ? [path]
    : choices.split(',').flatMap((choice) => unfold(path.replace(all, choice)));
};

/** Whether a file has that name, or a path that ends so; `*` stands for a part of a name. */
const isFile = (named: string): boolean => {
  const pattern = named.split('*').map((part) => part.replace(/[.+?^$()|[\]\\]/g, '\\$&'));
  const end = new RegExp(`(?:^|/)${pattern.join('[^/]*')}$`);
  return files.some((path) => end.test(path));
};

it('has pages to judge', () => {
  expect(current.length).toBeGreaterThan(20);
  expect(pages.length).toBeGreaterThan(40);
});

describe.each(pages)('%s', (page, text = '') => {
  it('links to files that are there', () => {
    const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target = '']) => target);
    expect(targets.filter((target) => !existsSync(join(ROOT, dirname(page ?? ''), target)))).toEqual([]);
  });
});

describe.each(current)('%s', (_page, text = '') => {
  it('names files that are there', () => {
    const named = spansOf(text).flatMap((span) => span.match(/[\w./{},*-]+\.(?:ts|sql|toml|cjs)\b/g) ?? []);
    expect(named.flatMap(unfold).filter((path) => !isFile(path))).toEqual([]);
  });

  it('names scripts that can be run', () => {
    const named = [...text.matchAll(/\bnpm run ([\w:]+)/g)].map(([, script = '']) => script);
    expect(named.filter((script) => !Object.hasOwn(scripts, script))).toEqual([]);
  });

  it('names variables, tables, columns and codes that the code knows', () => {
    const named = spansOf(text).flatMap((span) => span.match(/(?<!\w)[A-Za-z]\w*_\w*\w/g) ?? []);
    expect(named.filter((name) => !words.has(name) && !FOREIGN.has(name))).toEqual([]);
  });

  it('names routes of the contracts', () => {
    const shape = (path: string): string => path.replace(/\{[^}]*\}/g, '{}').replace(/\/$/, '');
    const known = new Set(ROUTES.map(({ route }) => shape(`${route.method} ${route.path}`)));
    const named = [...text.matchAll(/\b(?:GET|POST|PUT|PATCH|DELETE) \/api(?:\/(?:[\w.-]+|\{[^}]*\}))+\/?/g)];
    expect(named.map(([route]) => shape(route)).filter((route) => !known.has(route))).toEqual([]);
  });
});

it('docs/README.md leads to every page', () => {
  const index = read('docs/README.md');
  const listed = [...index.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, name = '']) => `docs/${name}`);
  const owed = files.filter((path) => /^docs\/[^/]+\.md$/.test(path) && path !== 'docs/README.md');
  expect(listed.sort()).toEqual(owed.sort());
});

describe('README.md', () => {
  it('is read in a few minutes', () => {
    expect(read('README.md').split(/\s+/).filter(Boolean).length).toBeLessThanOrEqual(600);
  });
});

describe('docs/deploy.md', () => {
  const subscribed = [...read('docs/deploy.md').matchAll(/^ {4}(\S+\.\*(?: +\S+\.\*)*)$/gm)]
    .flatMap(([, line = '']) => line.split(/ +/))
    .map((pattern) => pattern.slice(0, -1));
  const isSubscribed = (type: string): boolean => subscribed.some((start) => type.startsWith(start));

  it('has Stripe send every event that the sweep asks for', async () => {
    const asked: string[] = [];
    const events = {
      list: async ({ types }: { readonly types: readonly string[] }) => {
        asked.push(...types);
        return { data: [], has_more: false };
      },
    };
    const list = listStripeEvents(async (question) => question({ events } as never), 'test');
    await list({ from: 0, until: 0, mark: null });
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.filter((type) => !isSubscribed(type))).toEqual([]);
  });

  it('has PayPal send every event that tells of a payment that is captured at once', () => {
    const needed = Object.keys(paypalEventTypes).filter((type) => !type.startsWith('PAYMENT.AUTHORIZATION.'));
    expect(needed.filter((type) => !isSubscribed(type))).toEqual([]);
  });
});
