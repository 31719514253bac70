import { AppError } from '#shared/errors/app-error';

/** Days in UTC as `YYYY-MM-DD`, both included. */
export interface DayRange {
  readonly from: string;
  readonly to: string;
}

const DAY_MS = 24 * 3_600_000;

/**
 * The days that somebody asks about; what is not said is today, and the usual number of days before. `now` in milliseconds since
 * 1970. Throws `request_invalid` for days that do not exist, that go backwards, or of which there are too many.
 */
export const dayRange = (
  asked: { readonly from: string | null; readonly to: string | null },
  now: number,
  { usualDays, mostDays }: { readonly usualDays: number; readonly mostDays: number },
): DayRange => {
  const to = asked.to ?? dayOf(now);
  const from = asked.from ?? dayOf(Date.parse(to) - usualDays * DAY_MS);
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS;
  if (Number.isNaN(days) || days < 0 || days > mostDays) {
    throw new AppError('request_invalid', {
      errors: [{ pointer: '/query/from', message: `must be 0 to ${mostDays} days before to` }],
    });
  }
  return { from, to };
};

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
