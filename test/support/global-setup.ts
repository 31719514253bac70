import { startTestServer, type TestServer } from './postgres-server';

declare global {
  // Hands the server from setup to teardown; both run in jest's own process.
  var tandemTestServer: TestServer | undefined;
}

/** Runs once before all test files: one Postgres for the run. */
export default async function globalSetup(): Promise<void> {
  const server = await startTestServer();
  globalThis.tandemTestServer = server;
  process.env.TANDEM_TEST_POSTGRES_PORT = String(server.postgres.port);
}
