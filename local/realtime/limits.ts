/** What one socket, one message and one batch may take. Supabase's own limits where it publishes them. */
export type Limits = {
  /** Sockets in all. */
  sockets: number;
  channelsPerSocket: number;
  /** Joins of one socket per second. */
  joinsPerSecond: number;
  /** Messages that one socket may send per second. */
  eventsPerSecond: number;
  /** Largest message from a client, in bytes. */
  messageBytes: number;
  /** What may wait for a slow client before its socket is closed, in bytes. */
  bufferedBytes: number;
  /** A socket that says nothing, not even a heartbeat, is closed after this, in milliseconds. */
  idleMs: number;
  /** A record larger than this is sent without its large values, in bytes. */
  recordBytes: number;
  /** Changes judged together. */
  batchChanges: number;
  /** Changes that may wait in memory before the replication stream is paused. */
  waitingChanges: number;
  /** How long one statement of a policy check may run, in milliseconds. */
  policyTimeoutMs: number;
  /** How long delivery waits, after a restart, for those who were subscribed before, in milliseconds. */
  rejoinMs: number;
};

export const DEFAULT_LIMITS: Limits = {
  sockets: 500,
  channelsPerSocket: 100,
  joinsPerSecond: 100,
  eventsPerSecond: 500,
  messageBytes: 3_000_000,
  bufferedBytes: 8_388_608,
  idleMs: 60_000,
  recordBytes: 1_048_576,
  batchChanges: 500,
  waitingChanges: 5_000,
  policyTimeoutMs: 5_000,
  // realtime-js tries again after 1, 2, 5 and then every 10 seconds.
  rejoinMs: 12_000,
};
