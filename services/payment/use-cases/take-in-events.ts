import { isAppError } from '#shared/errors/app-error';
import type { Provider } from '../domain/provider-scale';
import type { ListedEvent, ReadProviderEvent } from '../ports';
import { type Applied, applyTogether, type ReadMessage } from './apply-messages';
import type { EventLists } from './event-lists';
import type { RunBudget } from './run-budget';
import type { SweepRun } from './sweep-run';

/** Read and reconciled at a time. */
const SLICE = 25;

export interface TakenIn {
  readonly looked: number;
  readonly failed: number;
  /** Whether all of them were looked at before the budget was spent. */
  readonly isWhole: boolean;
}

type Deps = SweepRun & Pick<EventLists, 'readTogether'>;

/**
 * Reconciles listed events as if their webhooks had come. One that cannot be read or applied is told and passed over, because
 * it would keep all later ones out; but while the provider or the database is away none is passed over: throws their error.
 */
export const takeInEvents = async (
  deps: Deps,
  provider: Provider,
  events: readonly ListedEvent[],
  budget: RunBudget,
): Promise<TakenIn> => {
  const read = deps.readTogether(budget.spend);
  let failed = 0;
  for (let start = 0; start < events.length; start += SLICE) {
    if (budget.isSpent()) return { looked: start, failed, isWhole: false };
    const slice = events.slice(start, start + SLICE);
    for (const [id, error] of await takeInSlice(deps, read, provider, slice)) {
      if (isAway(error)) throw error;
      failed += 1;
      deps.onFailure({ task: 'provider-event', id }, error);
    }
  }
  return { looked: events.length, failed, isWhole: true };
};

/** What could not be taken in, by event id. */
const takeInSlice = async (
  deps: Deps,
  read: ReadProviderEvent,
  provider: Provider,
  slice: readonly ListedEvent[],
): Promise<readonly (readonly [string, unknown])[]> => {
  const verdicts = new Map<string, Applied>();
  const readable = await Promise.all(
    slice.map(async (event): Promise<readonly ReadMessage[]> => {
      try {
        return [{ messageId: event.eventId, report: await reportOf(deps, read, provider, event) }];
      } catch (error) {
        verdicts.set(event.eventId, { done: false, error });
        return [];
      }
    }),
  );
  await applyTogether(deps, readable.flat(), verdicts);
  return [...verdicts].flatMap(([id, verdict]) => (verdict.done ? [] : [[id, verdict.error] as const]));
};

const reportOf = async (
  { now, mode }: Deps,
  read: ReadProviderEvent,
  provider: Provider,
  { eventId, eventType, account, body }: ListedEvent,
): Promise<ReadMessage['report']> => ({
  provider,
  eventId,
  source: 'events',
  eventType,
  mode,
  account,
  transmissionId: null,
  // Of bytes as signed, which nobody sent.
  sha256: null,
  body,
  receivedAt: new Date(now()).toISOString(),
  ...(await read({ provider, body })),
});

const isAway = (error: unknown): boolean =>
  isAppError(error, 'provider_unavailable') || isAppError(error, 'database_unavailable');
