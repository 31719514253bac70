import type { Watch } from './watch';

/** Somebody signed in. */
export interface Person {
  readonly id: string;
  /** A Supabase access token. */
  readonly accessToken: string;
}

/** Where clients of Supabase go. */
export interface Project {
  readonly supabaseUrl: string;
  readonly publishableKey: string;
}

/** Where a run takes place. */
export interface Stage {
  /** Of the superuser, on whichever port Postgres listens. */
  readonly databaseUrl: string;
  readonly people: readonly [Person, Person];
  /** Begins to watch all tables of a run as that person. */
  readonly watch: (person: Person) => Promise<Watch>;
  /** What can be restarted here, by name. */
  readonly restarts: Readonly<Partial<Record<Restart, () => Promise<void>>>>;
}

/** `realtime` stops in good order, the others are kill -9: of one of the two, or of both at once. */
export type Restart = 'realtime' | 'realtime-kill' | 'postgres-kill' | 'kill-both';
