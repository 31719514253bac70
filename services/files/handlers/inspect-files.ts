import type { SQSEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import type { Log } from '#shared/observability/logger';
import type { BatchWork } from '#shared/queue/queue-handler';
import { type InspectMessagesDeps, inspectMessages } from '../use-cases/inspect-messages';
import { type SweepCounts, type SweepFilesDeps, sweepFiles } from '../use-cases/sweep-files';

/** SQS records in, a verdict for each out. The service is awaited here, so that a failed init fails the batch, not the process. */
export const handleInspections =
  (service: () => Promise<InspectMessagesDeps>): BatchWork =>
  async (records) =>
    inspectMessages(
      await service(),
      records.map(({ messageId, body }) => ({ messageId, body })),
    );

/** The input of the schedule. */
const sweepEvent = z.object({ task: z.literal('sweep-files') });

export const isBatch = (event: unknown): event is SQSEvent =>
  typeof event === 'object' && event !== null && 'Records' in event;

/** Runs what the schedule asks for and says how it went. */
export const handleSweepFiles =
  (service: () => Promise<SweepFilesDeps>, log: Log) =>
  async (event: unknown): Promise<SweepCounts> => {
    const { task } = sweepEvent.parse(event);
    const counts = await sweepFiles(await service());
    log.info('sweep done', { task, counts });
    return counts;
  };
