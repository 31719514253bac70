/** `npm run reset`: forgets all local state: database, queue, mails, provider doubles. Code and caches stay. */
import { loadEnvFile, stateDirOf } from './paths';
import { lockState } from './state/lock';
import { resetState } from './state/reset-state';

async function main(): Promise<void> {
  loadEnvFile();
  const stateDir = stateDirOf(process.env);
  const lock = lockState(stateDir); // refuses while Tandem runs
  const left = await resetState(stateDir);
  lock.release();
  if (left.length > 0) process.stdout.write(`Not Tandem's, and left alone: ${left.join(', ')}\n`);
  process.stdout.write(`Local state in ${stateDir} is gone. \`npm start\` begins anew.\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
