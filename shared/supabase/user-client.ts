import type { SupabaseClient } from '@supabase/supabase-js';
import type { SupabaseProject } from '#shared/supabase/client-options';
import { makePublishableClient } from '#shared/supabase/publishable-client';

// supabase-js asks for one; the client never renews, and Supabase knows no such token.
const NO_REFRESH_TOKEN = 'none';

/**
 * A client with one user's power: row-level security decides as it does for their browser. Asks Supabase once whether the
 * token is good.
 *
 * @throws AuthError of supabase-js when it is not
 */
export const makeUserClient = async (
  project: SupabaseProject,
  publishableKey: string,
  accessToken: string,
): Promise<SupabaseClient> => {
  const client = await makePublishableClient(project, publishableKey);
  const { error } = await client.auth.setSession({
    access_token: accessToken,
    refresh_token: NO_REFRESH_TOKEN,
  });
  if (error !== null) throw error;
  return client;
};
