import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resetState } from '../../local/state/reset-state';

/** TANDEM_STATE_DIR may name any folder, and a reset is no reason to lose what else is in it. */
test('a reset removes what runs have left, and nothing else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-reset-'));
  for (const name of ['assembly', 'logs', 'postgres', 'storage', 'photos', 'postgres-backup']) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'content'), '');
  }
  for (const name of ['queue.sqlite', 'queue.sqlite-wal', 'stripe.json', 'stripe.json.7.tmp', 'thesis.tex'])
    writeFileSync(join(folder, name), '');

  const left = await resetState(folder);

  expect(left.sort()).toEqual(['photos', 'postgres-backup', 'thesis.tex']);
  expect(readdirSync(folder).sort()).toEqual(['assembly', 'photos', 'postgres-backup', 'thesis.tex']);
  rmSync(folder, { recursive: true });
});
