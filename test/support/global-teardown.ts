import { stopTestServer } from './postgres-server';

/** Runs once after all test files: leaves no process and no folder. */
export default async function globalTeardown(): Promise<void> {
  if (globalThis.tandemTestServer) await stopTestServer(globalThis.tandemTestServer);
}
