import type { Queryable } from '#shared/database/queryable';
import type { DayRange } from '../domain/day-range';
import type { UsageDay } from '../domain/usage';

/** A user's days with usage, newest first; of one meter or, with null, of all. */
export const listUsageDays = async (
  db: Queryable,
  asked: DayRange & { readonly userId: string; readonly meter: string | null },
): Promise<readonly UsageDay[]> => {
  const { rows } = await db.query<{
    readonly meter: string;
    readonly day: string;
    readonly quantity: string;
    readonly events: string;
  }>(
    `select meter, to_char(day, 'YYYY-MM-DD') as day, quantity, events
     from public.usage_days
     where user_id = $1::uuid and ($2::text is null or meter = $2) and day >= $3::date and day <= $4::date
     order by usage_days.day desc, meter`,
    [asked.userId, asked.meter, asked.from, asked.to],
  );
  return rows.map((row) => ({
    meter: row.meter,
    day: row.day,
    quantity: BigInt(row.quantity),
    events: BigInt(row.events),
  }));
};
