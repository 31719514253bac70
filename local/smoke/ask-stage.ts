import { authContract } from '../../services/auth/contract';
import { filesContract } from '../../services/files/contract';
import { healthContract } from '../../services/health/contract';
import { paymentContract } from '../../services/payment/contract';
import { webhookContract } from '../../services/webhook/contract';
import type { Route } from '../../shared/kernel/route';

type Question = { readonly of: string; readonly route: Route; readonly statuses: readonly number[] };

/**
 * A request to each function behind the API that changes nothing, and what it answers when it could start: that nobody is signed
 * in, that nothing is signed. Health also says whether database, Supabase and queue are there.
 */
const QUESTIONS: readonly Question[] = [
  { of: 'health', route: healthContract.getHealth, statuses: [200] },
  { of: 'auth', route: authContract.getCsrfToken, statuses: [200] },
  { of: 'payment', route: paymentContract.listHistory, statuses: [401] },
  { of: 'files', route: filesContract.listFiles, statuses: [401] },
  // 422 where nobody is paid through Stripe.
  { of: 'webhook', route: webhookContract.receiveStripe, statuses: [400, 422] },
];

/** What a function answered: its status, or 0 where there was no answer. */
export type Answer = { readonly of: string; readonly status: number; readonly isFine: boolean };

export type AskStageOptions = {
  readonly fetch: typeof fetch;
  readonly sleep: (ms: number) => Promise<void>;
  /** How often to ask in all. A stage that was deployed a moment ago may need some seconds. Default 10. */
  readonly attempts?: number;
};

const PAUSE_MS = 5_000;
const TIMEOUT_MS = 30_000; // the gateway's own, and a little

/**
 * Asks every function behind the API of a stage until all are fine, or often enough.
 *
 * @param apiUrl as the stack puts it out, with the stage and a slash at its end
 */
export async function askStage(
  apiUrl: string,
  { fetch, sleep, attempts = 10 }: AskStageOptions,
): Promise<Answer[]> {
  const ask = async ({ of, route, statuses }: Question): Promise<Answer> => {
    const status = await fetch(new URL(route.path.slice(1), apiUrl), {
      method: route.method,
      ...(route.method === 'POST' && { body: '{}', headers: { 'content-type': 'application/json' } }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).then(
      (answer) => answer.status,
      () => 0,
    );
    return { of, status, isFine: statuses.includes(status) };
  };
  for (let attempt = 1; ; attempt += 1) {
    const answers = await Promise.all(QUESTIONS.map(ask));
    if (attempt >= attempts || answers.every(({ isFine }) => isFine)) return answers;
    await sleep(PAUSE_MS);
  }
}
