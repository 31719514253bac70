/** The instant after `after` at which an EventBridge expression fires: `rate(5 minutes)` or `cron(...)`. */
export function nextRun(expression: string, after: Date): Date {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate) return new Date(after.getTime() + Number(rate[1]) * UNIT_MS[rate[2] as keyof typeof UNIT_MS]);
  const cron = /^cron\((.+)\)$/.exec(expression)?.[1]?.trim().split(/\s+/);
  if (cron?.length !== 6) throw new Error(`not a schedule expression: ${expression}`);
  return nextCron(cron, after);
}

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** Fields: minutes hours day-of-month month day-of-week year, in UTC. Without the L, W and # specials. */
function nextCron(
  [minutes = '', hours = '', days = '', months = '', weekdays = '', years = '*']: string[],
  after: Date,
): Date {
  const time = new Date(after.getTime());
  time.setUTCSeconds(0, 0);
  time.setUTCMinutes(time.getUTCMinutes() + 1);
  const limit = after.getTime() + 5 * 366 * UNIT_MS.day;
  while (time.getTime() < limit) {
    const dayMatches =
      matches(years, time.getUTCFullYear(), 1970) &&
      matches(months, time.getUTCMonth() + 1, 1, MONTHS, 1) &&
      matches(days, time.getUTCDate(), 1) &&
      matches(weekdays, time.getUTCDay() + 1, 1, DAYS, 1); // 1 = Sunday
    if (!dayMatches) {
      time.setUTCHours(24, 0, 0, 0);
    } else if (!matches(hours, time.getUTCHours(), 0)) {
      time.setUTCHours(time.getUTCHours() + 1, 0, 0, 0);
    } else if (!matches(minutes, time.getUTCMinutes(), 0)) {
      time.setUTCMinutes(time.getUTCMinutes() + 1);
    } else {
      return time;
    }
  }
  throw new Error('the schedule never fires');
}

/** `*`, `?`, lists, ranges, steps and names. */
function matches(field: string, value: number, first: number, names: string[] = [], nameBase = 0): boolean {
  const toNumber = (text: string) => {
    const index = names.indexOf(text.toUpperCase());
    return index >= 0 ? index + nameBase : Number(text);
  };
  return field.split(',').some((part) => {
    const [range = '*', step] = part.split('/');
    if (range === '*' || range === '?') return step === undefined || (value - first) % Number(step) === 0;
    const [from = '', to] = range.split('-');
    const start = toNumber(from);
    const end = to === undefined ? (step === undefined ? start : Number.POSITIVE_INFINITY) : toNumber(to);
    return value >= start && value <= end && (step === undefined || (value - start) % Number(step) === 0);
  });
}
