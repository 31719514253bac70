import type { Log } from '#shared/observability/logger';
import type { SupabaseProject } from '#shared/supabase/client-options';

/** What each part of the adapter works with. */
export interface SupabaseParts {
  readonly project: SupabaseProject;
  readonly publishableKey: string;
  readonly log: Pick<Log, 'warn'>;
}
