import type { SupabaseClient } from '@supabase/supabase-js';
import { clientOptions, type SupabaseProject } from '#shared/supabase/client-options';

/**
 * A client that holds the PKCE verifier of one sign-in, to exchange its code with. supabase-js reads the verifier from its
 * storage, so this one has a storage of its own that answers with it and keeps nothing.
 *
 * supabase-js is loaded by the first call.
 */
export const makePkceClient = async (
  project: SupabaseProject,
  publishableKey: string,
  verifier: string,
): Promise<SupabaseClient> => {
  const { createClient } = await import('@supabase/supabase-js');
  const options = clientOptions(project);
  return createClient(project.url, publishableKey, {
    ...options,
    auth: {
      ...options.auth,
      flowType: 'pkce',
      persistSession: true,
      storage: {
        getItem: (key) => (key.endsWith('-code-verifier') ? JSON.stringify(verifier) : null),
        setItem: () => undefined,
        removeItem: () => undefined,
      },
    },
  });
};
