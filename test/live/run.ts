import { parseArgs } from 'node:util';
import { openStage } from './open-stage';
import { isLiveClean, renderLive } from './print-live';
import { runLive } from './run-live';
import type { Restart } from './stage';

/** After these nothing may come twice; after kill -9 of Realtime it may (docs/adr/0019). */
const RESTARTS: readonly Restart[] = ['realtime', 'postgres-kill', 'realtime', 'postgres-kill'];

/** `npm run live -- --events N --seed S`; see docs/live.md. */
const main = async (): Promise<boolean> => {
  const { values } = parseArgs({
    options: {
      events: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      browser: { type: 'boolean', default: false },
      restarts: { type: 'string', default: RESTARTS.join() },
    },
  });
  const stage = await openStage(values.browser);
  try {
    const report = await runLive(stage, {
      events: Number(values.events),
      seed: Number(values.seed),
      restarts: values.restarts.split(',').filter((name): name is Restart => name !== ''),
      onProgress: (message) => process.stderr.write(`${message}\n`),
    });
    process.stdout.write(renderLive(report));
    return isLiveClean(report);
  } finally {
    await stage.close();
  }
};

main().then(
  // At once: supabase-js keeps a timer for ten seconds after it has disconnected.
  (isClean) => process.exit(isClean ? 0 : 1),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
