import { fileInspectionSchema } from '#shared/messages/file-inspection';
import { type InspectDeps, type Inspected, inspectUpload } from './inspect-upload';

export interface InspectMessagesDeps extends InspectDeps {
  readonly onInspected: (outcome: Inspected) => void;
}

/** A queue message: its id at the queue and its body as received. */
export interface QueuedMessage {
  readonly messageId: string;
  readonly body: string;
}

export type Done = { readonly done: true } | { readonly done: false; readonly error: unknown };

/** One after the other: a file is held in memory as a whole, so that two at once would need twice as much. */
export const inspectMessages = async (
  deps: InspectMessagesDeps,
  messages: readonly QueuedMessage[],
): Promise<ReadonlyMap<string, Done>> => {
  const verdicts = new Map<string, Done>();
  for (const { messageId, body } of messages) verdicts.set(messageId, await inspectOne(deps, body));
  return verdicts;
};

const inspectOne = async (deps: InspectMessagesDeps, body: string): Promise<Done> => {
  try {
    const { id } = fileInspectionSchema.parse(JSON.parse(body));
    deps.onInspected(await inspectUpload(deps, id));
    return { done: true };
  } catch (error) {
    return { done: false, error };
  }
};
