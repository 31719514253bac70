/** Somebody signed in. */
export interface Person {
  readonly id: string;
  /** A Supabase access token. */
  readonly accessToken: string;
}

/** Where a run takes place. */
export interface Stage {
  readonly supabaseUrl: string;
  readonly publishableKey: string;
  /** Of the superuser, on whichever port Postgres listens. */
  readonly databaseUrl: string;
  readonly people: readonly [Person, Person];
  /** What can be restarted here, by name. */
  readonly restarts: Readonly<Partial<Record<Restart, () => Promise<void>>>>;
}

/** `realtime` stops in good order, `realtime-kill` and `postgres-kill` are kill -9. */
export type Restart = 'realtime' | 'realtime-kill' | 'postgres-kill';
