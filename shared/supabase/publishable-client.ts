import type { SupabaseClient } from '@supabase/supabase-js';
import { clientOptions, type SupabaseProject } from '#shared/supabase/client-options';

/**
 * A client with nobody's power: what any browser may do, under row-level security as `anon`. Make one for each request: a
 * client takes on the session of whom it signs in, and the next request is somebody else's.
 *
 * supabase-js is loaded by the first call.
 */
export const makePublishableClient = async (
  project: SupabaseProject,
  publishableKey: string,
): Promise<SupabaseClient> => {
  const { createClient } = await import('@supabase/supabase-js');
  return createClient(project.url, publishableKey, clientOptions(project));
};
