import { sendHttps } from '#shared/config/send-https';
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
  const answer = await sendHttps({
    url: new URL(`${project.url.replace(/\/+$/, '')}/auth/v1/settings`),
    method: 'GET',
    headers: { accept: 'application/json', apikey: publishableKey },
    body: '',
    timeoutMs: project.timeoutMs,
  }).catch((cause: unknown) => {
    throw new AppError('identity_unavailable', { cause });
  });
  if (answer.status !== 200) throw unusable(`answered ${answer.status} for its settings`);
  return readSettings(answer.text);
};

const readSettings = (text: string): SupabaseSettings => {
  const settings = parse(text);
  if (typeof settings !== 'object' || settings === null) throw unusable('answered settings that are none');
  const external: unknown = Reflect.get(settings, 'external');
  return {
    // What is not said is not so: then sign-up tells at once, as it must.
    confirmsAddresses: Reflect.get(settings, 'mailer_autoconfirm') === false,
    offers: (provider) =>
      typeof external === 'object' && external !== null && Reflect.get(external, provider) === true,
  };
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('identity_unavailable', { cause });
  }
};
