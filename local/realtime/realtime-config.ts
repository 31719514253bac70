import type { Limits } from './limits';

/** What the Realtime process is told by its parent, as JSON in TANDEM_REALTIME. */
export type RealtimeConfig = {
  /** 0 = any free port. */
  port: number;
  /** For the superuser, who becomes the subscriber's role in each check and may read the write-ahead log. */
  databaseUrl: string;
  jwtSecret: string;
  publishableKey: string;
  secretKey: string;
  /** Remembers who was subscribed, so that after a restart delivery waits for them. */
  rosterFile: string;
  limits?: Partial<Limits>;
};

/** What it tells its parent when it listens. */
export type RealtimeReady = { port: number };
