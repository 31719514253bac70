const DAY_MS = 86_400_000;

/** A session not used for this long has ended. */
export const SESSION_IDLE_MS = 14 * DAY_MS;

/** A session ends after this long however much it is used. */
export const SESSION_ABSOLUTE_MS = 90 * DAY_MS;

/** A token that was replaced stays good this long: for requests under way, parallel refreshes and lost answers. */
export const TOKEN_OVERLAP_MS = 60_000;

/** Use is noted at most this often, so that reading costs a write once a minute and not each time. */
export const SESSION_TOUCH_MS = 60_000;
