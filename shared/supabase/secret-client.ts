import type { SupabaseClient } from '@supabase/supabase-js';
import { clientOptions, type SupabaseProject } from '#shared/supabase/client-options';

/**
 * A client with all power: the secret key passes by row-level security and may administer accounts. Never sign anybody in
 * with it, or it takes on their power instead.
 *
 * supabase-js is loaded by the first call.
 */
export const makeSecretClient = async (
  project: SupabaseProject,
  secretKey: string,
): Promise<SupabaseClient> => {
  const { createClient } = await import('@supabase/supabase-js');
  return createClient(project.url, secretKey, clientOptions(project));
};
