/** What the backend stands on. */
export type DependencyName = 'database' | 'supabase' | 'queue';

/** How one of them fared. */
export interface DependencyState {
  readonly status: 'up' | 'down';
  /** Milliseconds until it answered, or until we gave up. */
  readonly latencyMs: number;
}

export type Dependencies = Readonly<Record<DependencyName, DependencyState>>;

/**
 * `unavailable` when something that money needs is down: the database holds it, and the queue brings what providers tell.
 * Without Supabase Auth nobody can sign in, but who is signed in can pay: `degraded`.
 */
export const judgeHealth = ({
  database,
  queue,
  supabase,
}: Dependencies): 'ok' | 'degraded' | 'unavailable' => {
  if (database.status === 'down' || queue.status === 'down') return 'unavailable';
  return supabase.status === 'down' ? 'degraded' : 'ok';
};
