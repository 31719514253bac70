import { AppError } from '#shared/errors/app-error';
import { unusable } from './attempt';
import type { SupabaseParts } from './supabase-parts';

/** What a project says of itself to everybody. */
export interface SupabaseSettings {
  /** Whether a new account must confirm its address before it may sign in. */
  readonly confirmsAddresses: boolean;
  /** Whether people may sign in with an account of that other site. */
  readonly offers: (provider: string) => boolean;
}

/** @throws AppError `identity_unavailable` */
export const fetchSupabaseSettings = async ({
  project,
  publishableKey,
}: Pick<SupabaseParts, 'project' | 'publishableKey'>): Promise<SupabaseSettings> => {
  const send = project.fetch ?? fetch;
  try {
    const answer = await send(`${project.url.replace(/\/+$/, '')}/auth/v1/settings`, {
      headers: { accept: 'application/json', apikey: publishableKey },
      signal: AbortSignal.timeout(project.timeoutMs),
      redirect: 'error',
    });
    if (answer.ok) return readSettings(await answer.json());
    await answer.body?.cancel();
    throw unusable(`answered ${answer.status} for its settings`);
  } catch (cause) {
    throw cause instanceof AppError ? cause : new AppError('identity_unavailable', { cause });
  }
};

const readSettings = (settings: unknown): SupabaseSettings => {
  if (typeof settings !== 'object' || settings === null) throw unusable('answered settings that are none');
  const external: unknown = Reflect.get(settings, 'external');
  return {
    // What is not said is not so: then sign-up tells at once, as it must.
    confirmsAddresses: Reflect.get(settings, 'mailer_autoconfirm') === false,
    offers: (provider) =>
      typeof external === 'object' && external !== null && Reflect.get(external, provider) === true,
  };
};
