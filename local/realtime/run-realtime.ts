import { createServer } from 'node:http';
import { listenOnLoopback } from '../ports/listen-on-loopback';
import { connectChecks } from './access/connect-checks';
import { makeVerifyToken } from './access/verify-token';
import { makeDeliverChanges } from './changes/deliver-changes';
import { makeRegistry } from './changes/registry';
import type { Hub } from './channels/hub';
import { makePresence } from './channels/presence';
import { makeRooms } from './channels/rooms';
import { makeRoster } from './channels/roster';
import { rememberPosition } from './feed/remember-position';
import { ensureSlot, slotNameFor } from './feed/replication-slot';
import { type Feed, runFeed } from './feed/run-feed';
import { answerHttp } from './http/answer-http';
import { DEFAULT_LIMITS } from './limits';
import type { RealtimeConfig } from './realtime-config';
import { openDoor } from './sockets/accept-upgrade';

/** The publication that Supabase's Postgres Changes listen to. */
const PUBLICATION = 'supabase_realtime';

/** The server, running in this process. */
export type RunningRealtime = {
  port: number;
  /** Delivers what it holds, tells clients to come again, and ends. The slot stays, so that nothing is lost meanwhile. */
  close: () => Promise<void>;
};

/** Starts the server. Everything committed from the moment it answers on reaches who is subscribed. */
export async function runRealtime(
  config: RealtimeConfig,
  log: (line: string) => void,
): Promise<RunningRealtime> {
  const limits = { ...DEFAULT_LIMITS, ...config.limits };
  const { databaseUrl } = config;
  const slot = slotNameFor(databaseUrl);
  const { isNew } = await ensureSlot(databaseUrl, slot);
  const pool = connectChecks(databaseUrl, limits.policyTimeoutMs);
  const rooms = makeRooms();
  const registry = makeRegistry();
  const roster = makeRoster(config.rosterFile);
  const position = rememberPosition(`${config.rosterFile}.position`);
  const streaming = Promise.withResolvers<void>();
  const hub: Hub = {
    pool,
    publication: PUBLICATION,
    verifyToken: makeVerifyToken({ ...config, now: Date.now }),
    registry,
    rooms,
    presence: makePresence(rooms),
    roster,
    limits,
    streaming: streaming.promise,
    now: Date.now,
    log,
  };
  const door = openDoor(hub);
  const server = createServer((request, response) => {
    answerHttp(hub, request, response).catch((error: unknown) => {
      log(`http: ${String(error)}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.on('upgrade', (request, socket, head) => {
    door.accept(request, socket, head).catch(() => socket.destroy());
  });
  const port = await listenOnLoopback(server, config.port);

  let feed: Feed | undefined;
  let isClosed = false;
  // A slot from before holds what was committed since. Clients that were cut off come back within seconds: it is theirs.
  const waited = isNew ? Promise.resolve() : roster.untilBack(limits.rejoinMs);
  void waited.then(() => {
    if (isClosed) return;
    const deliver = makeDeliverChanges(hub);
    feed = runFeed({
      databaseUrl,
      slot,
      publications: [PUBLICATION],
      position,
      limits,
      deliver,
      onProblem: log,
    });
    streaming.resolve();
  });

  return {
    port,
    close: async () => {
      isClosed = true;
      roster.freeze();
      await feed?.close();
      await door.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await pool.end();
    },
  };
}
