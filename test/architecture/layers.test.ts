import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Cruise, cruise, plantTree, ROOT } from './cruise';
import { goodImports, plants } from './plants';

const { forbidden }: { readonly forbidden: readonly { readonly name: string }[] } = require(
  join(ROOT, '.dependency-cruiser.cjs'),
);

describe('the sources', () => {
  let tree: Cruise;
  beforeAll(async () => {
    tree = await cruise(ROOT);
  });

  it('keep to the layers', () => {
    expect(tree.violations).toEqual([]);
  });

  it('were really read: aliases, type-only imports, packages', () => {
    expect(tree.modules).toBeGreaterThan(300);
    expect(tree.imports.get('services/payment/ports.ts')).toEqual(
      expect.arrayContaining(['shared/messages/provider-event.ts', 'services/payment/domain/observation.ts']),
    );
    expect(tree.imports.get('shared/database/pool.ts')).toEqual(
      expect.arrayContaining([expect.stringMatching(/^node_modules\/pg\//), 'shared/database/queryable.ts']),
    );
    expect(tree.imports.get('services/payment/providers/stripe-payments.ts')).toEqual(
      expect.arrayContaining([expect.stringMatching(/^node_modules\/stripe\//)]),
    );
  });
});

describe('planted violations', () => {
  let cwd = '';
  let tree: Cruise;
  beforeAll(async () => {
    cwd = plantTree([...plants, ...goodImports]);
    tree = await cruise(cwd);
  });
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));

  it.each(plants)('$rule: $from may not import $to ($form)', ({ rule, from, to }) => {
    const said = tree.violations.filter((violation) => violation.from === from && violation.rule === rule);
    const target = to.endsWith('.ts') ? to : to.replace('node:', '');
    expect(said).toEqual(
      expect.arrayContaining([expect.objectContaining({ to: expect.stringContaining(target) })]),
    );
  });

  it('prove every rule there is', () => {
    const proved = new Set(plants.map(({ rule }) => rule));
    expect(forbidden.map(({ name }) => name).filter((name) => !proved.has(name))).toEqual([]);
  });

  it('are told from imports that are right', () => {
    const good = new Set(goodImports.map(({ from }) => from));
    expect(tree.violations.filter(({ from }) => good.has(from))).toEqual([]);
  });
});
