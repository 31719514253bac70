/** The Realtime process: it can be killed and started again without the rest of Supabase, as in a hosted project. */
import type { RealtimeConfig } from './realtime-config';
import { runRealtime } from './run-realtime';

async function main(): Promise<void> {
  const config = JSON.parse(process.env.TANDEM_REALTIME ?? '{}') as RealtimeConfig;
  const realtime = await runRealtime(config, (line) => console.log(`${new Date().toISOString()} ${line}`));
  process.once('SIGTERM', () => {
    realtime.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
  process.on('disconnect', () => process.exit(0)); // the parent is gone
  process.send?.({ port: realtime.port });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
