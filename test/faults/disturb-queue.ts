import type { Random } from '../../local/doubles/random';
import type { Tandem } from '../../local/tandem';
import type { Counters } from './counters';

/** Longer than a message is hidden after it was received. Milliseconds. */
export const PAST_VISIBILITY_MS = 181_000;

/** Milliseconds that a trouble lasts. */
const LASTS_MS = 600;

/**
 * The queue answers 503, gives messages twice and in any order, lets their hiding time pass, or is away and comes back with
 * what it had, for a moment.
 */
export const disturbQueue = async ({ queue }: Tandem, random: Random, counters: Counters): Promise<void> => {
  if (queue === undefined) return;
  counters.queueTroubles += 1;
  const kind = Math.floor(random.next() * 5);
  if (kind === 0) queue.setTrouble({ fail: ['SendMessage'] });
  else if (kind === 1) queue.setTrouble({ fail: ['DeleteMessageBatch', 'ReceiveMessage'] });
  else if (kind === 2) queue.setTrouble({ duplicateNext: 5, shuffle: true });
  else if (kind === 3) queue.advance(PAST_VISIBILITY_MS);
  else {
    await queue.restart(200);
    counters.queueRestarts += 1;
  }
  await new Promise((resolve) => setTimeout(resolve, LASTS_MS));
  queue.setTrouble({ fail: 'none' });
};
