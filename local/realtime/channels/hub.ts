import type { Pool } from 'pg';
import type { VerifyToken } from '../access/verify-token';
import type { Registry } from '../changes/registry';
import type { Limits } from '../limits';
import type { Presence } from './presence';
import type { Rooms } from './rooms';
import type { Roster } from './roster';

/** What all channels of one server share. */
export type Hub = {
  /** Connections for checks. */
  pool: Pool;
  publication: string;
  verifyToken: VerifyToken;
  registry: Registry;
  rooms: Rooms;
  presence: Presence;
  roster: Roster;
  limits: Limits;
  /** Resolves when the log is being read. */
  streaming: Promise<void>;
  now: () => number;
  /** One line, without anything personal. */
  log: (line: string) => void;
};
