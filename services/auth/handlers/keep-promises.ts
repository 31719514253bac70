import type { BatchWork } from '#shared/queue/queue-handler';
import { type KeepPromisesDeps, keepPromises } from '../use-cases/keep-promises';

/** SQS records in, a verdict for each out. The service is awaited here, so that a failed init fails the batch, not the process. */
export const handleKeepPromises =
  (service: () => Promise<KeepPromisesDeps>): BatchWork =>
  async (records) =>
    keepPromises(
      await service(),
      records.map(({ messageId, body }) => ({ messageId, body })),
    );
