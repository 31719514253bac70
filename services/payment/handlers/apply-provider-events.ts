import type { BatchWork } from '#shared/queue/queue-handler';
import { type ApplyMessagesDeps, applyMessages } from '../use-cases/apply-messages';

/** SQS records in, a verdict for each out. The service is awaited here, so that a failed init fails the batch, not the process. */
export const handleProviderEvents =
  (service: () => Promise<ApplyMessagesDeps>): BatchWork =>
  async (records) =>
    applyMessages(
      await service(),
      records.map(({ messageId, body }) => ({ messageId, body })),
    );
