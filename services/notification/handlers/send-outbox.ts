import type { Log } from '#shared/observability/logger';
import { type OutboxCount, type SendOutboxDeps, sendOutbox } from '../use-cases/send-outbox';

/** Runs the outbox once and says how it went. */
export const handleSendOutbox =
  (service: () => Promise<SendOutboxDeps>, log: Log) => async (): Promise<OutboxCount> => {
    const count = await sendOutbox(await service());
    if (count.taken > 0) log.info('outbox done', { ...count });
    return count;
  };
