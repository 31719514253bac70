import type { Client } from 'pg';
import { median } from '../measurement';

export interface Timing {
  readonly what: string;
  /** Milliseconds: the first time, and the middle one of all. */
  readonly firstMs: number;
  readonly medianMs: number;
  readonly rows: number;
}

const ROUNDS = 7;

const between = (days: number): string => `day between current_date - ${days - 1} and current_date`;

const VIEWS = ['sign_ups_by_day', 'active_users_by_day', 'intents_by_day', 'revenue_by_day', 'usage_by_day'];

/** A user with much of everything. */
const USER = `(select user_id from public.usage_days group by user_id order by count(*) desc, user_id limit 1)`;

/** Every view and every function that answers a request, of a month and of as much as a request may ask for. */
export const measureReading = async (client: Client): Promise<readonly Timing[]> => {
  const [found] = (await client.query<{ id: string }>(`select ${USER} as id`)).rows;
  const user = `'${found?.id ?? ''}'::uuid`;
  const questions: readonly (readonly [string, string])[] = [
    ...[31, 93].flatMap((days) => [
      ...VIEWS.map(
        (view) =>
          [`${view}, ${days} days`, `select * from analytics.${view} where ${between(days)}`] as const,
      ),
      [
        `private.analytics, ${days} days: all of the route`,
        `select private.analytics(current_date - ${days - 1}, current_date)`,
      ] as const,
    ]),
    [
      'a user’s history, 93 days',
      `select * from public.usage_days where user_id = ${user} and ${between(93)}`,
    ],
    ['a user’s running periods', `select * from private.current_usage(${user}, now())`],
    ['a user’s export of usage', `select private.export_part_usage(${user})`],
  ];
  const timings: Timing[] = [];
  for (const [what, sql] of questions) timings.push(await time(client, what, sql));
  return timings;
};

/** The route's function once all days are summed that can change no more, and what a week of them costs to sum. */
export const measureClosed = async (client: Client): Promise<readonly Timing[]> => {
  const week = await time(client, 'private.close_days: a week', 'select private.close_days()');
  while ((await client.query<{ days: number }>('select private.close_days() as days')).rows[0]?.days !== 0);
  const timings = [week];
  for (const days of [31, 93])
    timings.push(
      await time(
        client,
        `private.analytics, ${days} days, closed`,
        `select private.analytics(current_date - ${days - 1}, current_date)`,
      ),
    );
  return timings;
};

const time = async (client: Client, what: string, sql: string): Promise<Timing> => {
  const took: number[] = [];
  let rows = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = performance.now();
    rows = (await client.query(sql)).rows.length;
    took.push(performance.now() - started);
  }
  return { what, firstMs: took[0] ?? 0, medianMs: median(took), rows };
};
