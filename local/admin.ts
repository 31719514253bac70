/**
 * `npm run admin -- grant EMAIL [--role support|admin]`, `revoke EMAIL`, `list`, `plan EMAIL PLAN`: roles and plans of accounts in the
 * running Tandem, or in DATABASE_URL. Each change leaves a line in the audit log.
 */
import { userInfo } from 'node:os';
import { runCommand } from './admin/run-command';
import { loadEnvFile, stateDirOf } from './paths';
import { readRunFile } from './state/run-file';

loadEnvFile();

runCommand(process.argv.slice(2), {
  databaseUrl: process.env.DATABASE_URL || readRunFile(stateDirOf(process.env))?.urls.database,
  operator: userInfo().username,
}).then(
  (text) => {
    process.stdout.write(text);
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message.trimEnd() : String(error)}\n`);
    process.exitCode = 1;
  },
);
