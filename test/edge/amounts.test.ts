import type { Context } from 'aws-lambda';
import { seededRandom } from '../simulation/random';
import { apiEvent } from '../support/api-event';
import { ROUTES } from '../support/contracts';
import { ADMIN, makeNotingServices } from './noting-services';

/** For each field; a million for all with EDGE=full. */
const RANDOM_AMOUNTS = process.env.EDGE === 'full' ? 500_000 : 2_000;

/** The other fields that a route with an amount needs, by its id. A new one has to be listed. */
const OTHERS: Readonly<Record<string, string>> = {
  createIntent: '"provider":"stripe","price":"donation"',
  refundPayment: '',
  recordUsage: '"meter":"exports","key":"a"',
};

/** The most that a route takes, where that is not what a client may choose to pay. */
const MOST: Readonly<Record<string, number>> = {
  recordUsage: 1_000_000_000_000,
  refundPayment: 999_999_999_999,
};

const MOST_MONEY = 99_999_999;

const services = makeNotingServices({ validate: true });
beforeAll(() => services.be(ADMIN));

const fieldsOf = (schema: unknown): string[] => {
  const shape = (schema as { _zod?: { def?: { shape?: object } } } | undefined)?._zod?.def?.shape ?? {};
  return Object.keys(shape).filter((name) => /amount|minor|total|quantity/i.test(name));
};

const fields = ROUTES.flatMap((known) =>
  fieldsOf(known.route.body).map((field) => [`${known.id} ${field}`, known, field] as const),
);

/** Whether a text is a JSON number (RFC 8259) for a whole amount within bounds. */
const isAmount = (text: string, most: number): boolean => {
  if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return false;
  const value = Number(text);
  return Number.isInteger(value) && value >= 1 && value <= most;
};

const SPECIAL = [
  ...[
    '0',
    '-0',
    '1',
    '-1',
    '99999999',
    '100000000',
    '-99999999',
    '0.5',
    '1.0',
    '1.5',
    '0.1e1',
    '1e2',
    '1E+2',
  ],
  ...[
    '1e-2',
    '1e999',
    '-1e999',
    '1e7',
    '1e8',
    '9007199254740992',
    '9007199254740993',
    '2147483648',
    '4294967297',
  ],
  ...[
    '18446744073709551617',
    '99999999.0000001',
    '1.0000000000000001',
    '0.9999999999999999',
    '5e-324',
    '1e0000002',
  ],
  ...[
    'NaN',
    'Infinity',
    '-Infinity',
    'null',
    'true',
    'false',
    '""',
    '"1"',
    '"1999"',
    '"NaN"',
    '[]',
    '[1]',
    '{}',
  ],
  ...[
    '{"valueOf":1}',
    '01',
    '+1',
    '.5',
    '1.',
    '0x10',
    '0b1',
    '0o7',
    '1_000',
    '1,000',
    '1n',
    '--1',
    '- 1',
    '1e',
    'e1',
  ],
  ...[
    '\u0661\u0669',
    '\uff11',
    '\u00b2',
    '\u2460',
    '1\u0660',
    '\u0967',
    '"\u0661"',
    '1\u00a00',
    '1\u200b',
    '1 000',
    '$5',
    '5%',
  ],
];

const randomAmounts = (count: number): string[] => {
  const random = seededRandom(78);
  const digits = (): string => Array.from({ length: 1 + random.below(12) }, () => random.below(10)).join('');
  return Array.from({ length: count }, () => {
    const sign = random.chance(0.2) ? '-' : '';
    const fraction = random.chance(0.3) ? `.${digits()}` : '';
    const exponent = random.chance(0.2) ? `e${random.pick(['', '-', '+'])}${random.below(20)}` : '';
    return sign + digits() + fraction + exponent;
  });
};

test('every amount that a client may name is known here', () => {
  expect(fields.map(([, { id }]) => id).filter((id) => OTHERS[id] === undefined)).toEqual([]);
  expect(fields.length).toBeGreaterThanOrEqual(2);
});

test.each(fields)(
  '%s: nothing but whole amounts within bounds comes through',
  async (_name, known, field) => {
    const { service, route, path, id } = known;
    let accepted = 0;
    for (const text of [...SPECIAL, ...randomAmounts(RANDOM_AMOUNTS)]) {
      const body = `{${[OTHERS[id], `"${field}":${text}`].filter(Boolean).join()}}`;
      const event = apiEvent({ method: route.method, path, body });
      const answer = await services.handlers[service]?.(event, {} as Context);
      const [seen] = services.reached();
      const given = (seen?.request.body as Record<string, unknown> | undefined)?.[field];
      expect([text, answer?.statusCode, given]).toEqual(
        isAmount(text, MOST[id] ?? MOST_MONEY)
          ? [text, route.success.status, Number(text)]
          : [text, 400, undefined],
      );
      if (seen !== undefined) accepted += 1;
    }
    expect(accepted).toBeGreaterThan(100);
  },
  1_800_000,
);
