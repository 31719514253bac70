import { isAppError } from '#shared/errors/app-error';
import { type ProviderEventMessage, providerEventSchema } from '#shared/messages/provider-event';
import type { ReadProviderEvent } from '../ports';
import type { Reconciled, Report } from './fold-reports';
import { type ReconcileDeps, reconcile } from './reconcile';

export interface ApplyMessagesDeps extends ReconcileDeps {
  readonly read: ReadProviderEvent;
  /** The mode of this stage: a message of the other one has no business here. */
  readonly mode: 'live' | 'test';
  /** Told what became of each event, for the operator's counters. */
  readonly onOutcome?: (outcome: Reconciled['outcome']) => void;
}

/** A queue message: its id at the queue and its body as received. */
export interface QueuedMessage {
  readonly messageId: string;
  readonly body: string;
}

export type Applied = { readonly done: true } | { readonly done: false; readonly error: unknown };

/**
 * Applies a batch of verified provider events: read each (PayPal's by asking PayPal), then reconcile all of them at once.
 * A message that cannot be read fails alone; should the common write be refused because of one of them, each is written by
 * itself, so that its neighbours are applied and only it comes back.
 */
export const applyMessages = async (
  deps: ApplyMessagesDeps,
  messages: readonly QueuedMessage[],
): Promise<ReadonlyMap<string, Applied>> => {
  const verdicts = new Map<string, Applied>();
  const read = await Promise.all(
    messages.map(async ({ messageId, body }) => {
      try {
        return [{ messageId, report: await readMessage(deps, body) }];
      } catch (error) {
        verdicts.set(messageId, { done: false, error });
        return [];
      }
    }),
  );
  await applyTogether(deps, read.flat(), verdicts);
  return verdicts;
};

/** What has been read, under the id by which its sender knows it. */
export interface ReadMessage {
  readonly messageId: string;
  readonly report: Report;
}

/**
 * Reconciles what has been read and adds a verdict for each; what the database refuses together is written one by one, so
 * that only the bad one fails.
 */
export const applyTogether = async (
  deps: Pick<ApplyMessagesDeps, 'database' | 'sleep' | 'onOutcome'>,
  batch: readonly ReadMessage[],
  verdicts: Map<string, Applied>,
): Promise<void> => {
  if (batch.length === 0) return;
  try {
    const outcomes = await reconcile(
      deps,
      batch.map(({ report }) => report),
    );
    for (const { outcome } of outcomes.values()) deps.onOutcome?.(outcome);
    for (const { messageId } of batch) verdicts.set(messageId, { done: true });
  } catch (error) {
    // While the database is away, trying one by one would only be slower.
    if (batch.length === 1 || isAppError(error, 'database_unavailable')) {
      for (const { messageId } of batch) verdicts.set(messageId, { done: false, error });
      return;
    }
    for (const message of batch) await applyTogether(deps, [message], verdicts);
  }
};

const readMessage = async (deps: ApplyMessagesDeps, body: string): Promise<Report> => {
  const message = providerEventSchema.parse(JSON.parse(body));
  if (message.mode !== deps.mode)
    throw new Error(`a message of ${message.mode} mode in a ${deps.mode} stage`);
  const { reading, observation } = await deps.read(message);
  return reportOfMessage(message, reading, observation);
};

const reportOfMessage = (
  message: ProviderEventMessage,
  reading: Report['reading'],
  observation: string | null,
): Report => ({
  provider: message.provider,
  eventId: message.eventId,
  source: 'webhook',
  eventType: message.eventType,
  mode: message.mode,
  account: message.account,
  transmissionId: message.transmissionId,
  sha256: message.sha256,
  body: message.body,
  observation,
  receivedAt: message.receivedAt,
  reading,
});
