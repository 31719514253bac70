import type { DoubleParts } from '../doubles/start-double';
import { emptyState } from './state';
import type { World } from './world';

/** PayPal's ids: digits and upper-case letters. */
const idAlphabet = '0123456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/** The operations' world on top of the kit: its clock, its randomness, its deliverer. */
export function createWorld({ clock, random, deliveries, url, changed }: DoubleParts): World {
  return {
    state: emptyState(),
    get url() {
      return url();
    },
    now: clock.now,
    newId: (length) => random.text(length, idAlphabet),
    at(due, run) {
      clock.at(due, () => {
        run();
        changed();
      });
    },
    deliver: ({ id, type, body }) => {
      deliveries.publish({ id, type, body });
    },
  };
}
