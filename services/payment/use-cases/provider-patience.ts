import type { Queryable } from '#shared/database/queryable';
import { isAppError } from '#shared/errors/app-error';
import type { Provider } from '../domain/provider-scale';
import type { PaymentProviders } from '../ports';
import { listPauses, pauseProvider } from '../sql/pause-provider';
import { retryAfterMs } from './ask-patiently';
import { makeRunBudget } from './run-budget';

export interface PatienceDeps {
  readonly database: Queryable;
  readonly providers: PaymentProviders;
  readonly now: () => number;
}

/** How much one run of the sweep may still ask of each provider. */
export interface Patience {
  /** Those that may be asked something now. */
  readonly askable: () => readonly Provider[];
  /** Asks; what the answer says of the provider counts for the rest of the run, and its Retry-After for the next ones. */
  readonly ask: <Answer>(provider: Provider, question: () => Promise<Answer>) => Promise<Answer>;
}

const PROVIDERS: readonly Provider[] = ['stripe', 'paypal'];

/** For each provider and run. A question is one to three calls; the function has time to finish the last one. */
const LIMITS = { calls: 400, ms: 150_000 };

/** After so many questions in a row without an answer, a provider is left alone until the next run. */
const MOST_SILENT = 3;

/**
 * Opens the accounts of a run: a provider that is not set up, asked to be left alone, does not answer or has been asked enough
 * is asked nothing more.
 */
export const openPatience = async (deps: PatienceDeps): Promise<Patience> => {
  const { database, providers, now } = deps;
  const pauses = new Map(await listPauses(database, now()));
  const silent: Record<Provider, number> = { stripe: 0, paypal: 0 };
  const budgets = { stripe: makeRunBudget(now, LIMITS), paypal: makeRunBudget(now, LIMITS) };

  const isAskable = (provider: Provider): boolean =>
    providers[provider].isConfigured !== false &&
    (pauses.get(provider) ?? 0) <= now() &&
    silent[provider] < MOST_SILENT &&
    !budgets[provider].isSpent();

  const noteFailure = async (provider: Provider, error: unknown): Promise<void> => {
    if (!isAppError(error, 'provider_unavailable')) return;
    silent[provider] += 1;
    const waitMs = retryAfterMs(error);
    if (waitMs === null) return;
    const until = now() + waitMs;
    pauses.set(provider, until);
    await pauseProvider(database, provider, until).catch(() => undefined);
  };

  return {
    askable: () => PROVIDERS.filter(isAskable),
    ask: async (provider, question) => {
      budgets[provider].spend();
      try {
        const answer = await question();
        silent[provider] = 0;
        return answer;
      } catch (error) {
        await noteFailure(provider, error);
        throw error;
      }
    },
  };
};
