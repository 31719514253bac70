import type { Assembly } from './assembly/model';
import type { RunningFunction } from './lambda/run-function';
import type { Log } from './log/log';
import type { MailCatcher } from './mail/start-mail-catcher';
import type { Database } from './parts/start-database';
import type { Doubles } from './parts/start-doubles';
import type { Functions } from './parts/start-functions';
import type { Ports } from './ports/ports';
import type { PostgresRelay } from './postgres/relay-postgres';
import type { RestartableQueue } from './queue/restartable-queue';
import type { Realtime } from './realtime/start-realtime';
import type { Schedules } from './schedules/run-schedules';
import type { RunInfo } from './state/run-file';
import type { Supabase } from './supabase/start-supabase';

export type TandemOptions = {
  /** Folder for everything that survives a restart. */
  stateDir: string;
  /** Default: any free port for each part. */
  ports?: Partial<Ports>;
  /** Environment that may replace parts by real ones (the names in .env.example). Default: nothing is replaced. */
  env?: Record<string, string | undefined>;
  log?: Log;
  /** false skips fsync: kill -9 of anything still loses nothing, a power cut may. Default true. */
  durable?: boolean;
  /** Sign the demo user and the admin up. Default true. */
  seedUsers?: boolean;
  /** Whether new accounts must confirm their address, as at a hosted project. Default false. */
  confirmEmails?: boolean;
  /** Live data: false leaves Supabase without Realtime, and the database without a replication slot. Default true. */
  realtime?: boolean;
  /** Let the functions reach Postgres through a relay that can cut their connections. Default false. */
  relayDatabase?: boolean;
  /** Functions that want to reach another machine fail and are told of in the log. Default false. */
  watchSockets?: boolean;
  /** false: the provider doubles start empty and remember nothing. Default true. */
  keepDoubles?: boolean;
  /** Processes at most for each function. Default 10. */
  maxInstances?: number;
  /** Run this assembly, such as cdk.out, in place of synthesizing one. */
  assemblyDir?: string;
  /** Bundle again and swap functions when their sources change. Default false. */
  watch?: boolean;
};

/** The whole backend, running. */
export type Tandem = {
  /** URLs, keys and users. */
  info: RunInfo;
  assembly: Assembly;
  /** By their names in lib/function-catalogue.ts. Faults are injected here. */
  functions: Map<string, RunningFunction>;
  /** Calls a function with an event, past the gateway. */
  invoke: Functions['invoke'];
  schedules: Schedules;
  mail: MailCatcher;
  doubles: Doubles;
  /** undefined = replaced by a real one. */
  database: Database | undefined;
  /** undefined = not asked for. */
  databaseRelay: PostgresRelay | undefined;
  supabase: Supabase | undefined;
  /** Serves live data at Supabase's address; can be killed and restarted. undefined = not asked for, or replaced. */
  realtime: Realtime | undefined;
  queue: RestartableQueue | undefined;
  /** Ends everything; no process and no lock stays. */
  close: () => Promise<void>;
};
