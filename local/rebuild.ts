/**
 * `npm run rebuild`: makes all payment state again from the inbox, in a scratch database, and compares it with what is there.
 * Without options the running Tandem's. `-- --source URL --scratch URL` for any other: an empty, migrated database. Exit code
 * 1 when a row differs. See docs/rebuild.md.
 */
import { parseArgs } from 'node:util';
import { loadEnvFile, stateDirOf } from './paths';
import { isEqual, renderRebuild } from './rebuild/render-rebuild';
import { runRebuild } from './rebuild/run-rebuild';
import { readRunFile } from './state/run-file';

async function main(): Promise<boolean> {
  loadEnvFile();
  const { values } = parseArgs({ options: { source: { type: 'string' }, scratch: { type: 'string' } } });
  const sourceUrl = values.source ?? readRunFile(stateDirOf(process.env))?.urls.database;
  if (sourceUrl === undefined)
    throw new Error('Tandem is not running. Start it with `npm start`, or name a database: --source URL.');
  const onProgress = (reports: number): void => {
    if (process.stderr.isTTY) process.stderr.write(`\r${reports} reports`);
  };
  const result = await runRebuild({ sourceUrl, scratchUrl: values.scratch, onProgress });
  if (process.stderr.isTTY) process.stderr.write('\r');
  process.stdout.write(renderRebuild(result));
  return isEqual(result);
}

main().then(
  (equal) => process.exit(equal ? 0 : 1),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
