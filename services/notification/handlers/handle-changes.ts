import type { BatchWork } from '#shared/queue/queue-handler';
import { type HandleChangesDeps, handleChanges } from '../use-cases/handle-changes';

/** SQS records in, a verdict for each out. The service is awaited here, so that a failed init fails the batch, not the process. */
export const handleChangeRecords =
  (service: () => Promise<HandleChangesDeps>): BatchWork =>
  async (records) =>
    handleChanges(
      await service(),
      records.map(({ messageId, body }) => ({ messageId, body })),
    );
