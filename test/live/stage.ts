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

/** `realtime` stops in good order, the others are kill -9: of one of the two, or of both at once. */
export type Restart = 'realtime' | 'realtime-kill' | 'postgres-kill' | 'kill-both';
