/**
 * `npm start`: the whole backend on this machine, until Ctrl-C. `-- --json` writes JSON lines;
 * `-- --assembly cdk.out` runs that assembly and watches no sources.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { renderBanner } from './banner';
import { bypassProxy } from './bypass-proxy';
import { explainError } from './log/explain-error';
import { logOptionsFor, makeLog } from './log/log';
import { loadEnvFile, stateDirOf } from './paths';
import { portsFromEnvironment } from './ports/ports';
import { startTandem } from './runner';
import type { Tandem } from './tandem';

async function main(): Promise<void> {
  const startedAt = performance.now();
  loadEnvFile();
  const { env, stdout } = process;
  bypassProxy(env);
  const { values } = parseArgs({ options: { json: { type: 'boolean' }, assembly: { type: 'string' } } });
  const logOptions = logOptionsFor(stdout, env, values.json === true);
  const log = makeLog(logOptions);

  const signal = Promise.withResolvers<string>();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    let times = 0;
    process.on(name, () => {
      times += 1;
      if (times > 2) process.exit(1); // somebody insists
      signal.resolve(name);
    });
  }
  process.on('unhandledRejection', (reason) =>
    log('error', reason instanceof Error ? (reason.stack ?? '') : String(reason)),
  );

  log('step', 'starting Postgres, Supabase, queue, mail and the provider doubles');
  const starting = startTandem({
    stateDir: stateDirOf(env),
    ports: portsFromEnvironment(env),
    env,
    log,
    ...(values.assembly === undefined ? { watch: true } : { assemblyDir: resolve(values.assembly) }),
  });
  const first = await Promise.race([starting, signal.promise]);
  if (typeof first !== 'string') {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    log('step', `ready in ${seconds} s`);
    if (logOptions.format === 'json') log('step', 'running', { info: JSON.stringify(first.info) });
    else stdout.write(renderBanner(first.info, logOptions.colour));
    await signal.promise;
  }
  log('step', 'stopping');
  await stop(starting);
}

/** A start that is interrupted is finished first: only then is it known what has to be stopped. */
async function stop(starting: Promise<Tandem>): Promise<void> {
  const tandem = await starting.catch(() => undefined);
  await tandem?.close();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`\n${explainError(error)}\n`);
    process.exit(1);
  },
);
