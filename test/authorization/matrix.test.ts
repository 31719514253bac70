import { CONTRACTS } from '../../local/docs/contracts';
import type { ApiAnswer } from '../support/api-event';
import { withoutCounts } from '../support/wide-limits';
import { everyRoute, named, openWorld, type RuledRoute, rules, send } from './every-route';
import { type Cell, expectOutcome, shown, WHOSE, type Whose } from './expect-outcome';
import type { World } from './objects';
import { CREDENTIALS, IDENTITIES, makePeople, type Person } from './people';

/**
 * Every route × who calls × by which credential × whose object: what comes of it follows from the contract and from a table of
 * which id names whose object, and from nothing else.
 */
let world: World;
let close: () => Promise<void>;
let cells = 0;

beforeAll(async () => {
  ({ world, close } = await openWorld());
});
afterAll(() => close());

interface Result extends Cell {
  readonly answer: ApiAnswer;
  readonly caller: Person;
  readonly stranger: Person;
  /** What the stranger's objects are called. */
  readonly foreignId: string;
}

/** Asks as everybody, in every way; what is the caller's own comes last, because it may end the caller. */
const askAll = async (ruled: RuledRoute): Promise<readonly Result[]> => {
  const columns = IDENTITIES.flatMap((identity) =>
    CREDENTIALS.map((credential) => ({ identity, credential })),
  );
  const callers = await makePeople(
    world.admin,
    columns.map(({ identity }) => identity),
  );
  const strangers = await makePeople(
    world.admin,
    columns.map(() => 'user' as const),
  );
  const results: Result[] = [];
  for (const [index, column] of columns.entries()) {
    const [caller, stranger] = [callers[index], strangers[index]];
    if (caller === undefined || stranger === undefined) throw new Error('too few people');
    const ids = await idsFor(ruled, caller, stranger);
    for (const whose of ruled.rule.names === undefined ? [null] : WHOSE) {
      const id = whose === null ? '' : ids[whose];
      if (whose === 'foreign') await ruled.rule.arrange?.(world, id);
      const answer = await send(world, ruled, { by: caller, credential: column.credential, id });
      results.push({ ...column, whose, answer, caller, stranger, foreignId: ids.foreign });
    }
  }
  cells += results.length;
  return results;
};

const idsFor = async (
  { rule }: RuledRoute,
  caller: Person,
  stranger: Person,
): Promise<Readonly<Record<Whose, string>>> => ({
  random: rule.names?.random() ?? '',
  foreign: (await rule.names?.make(world, stranger)) ?? '',
  own: (await rule.names?.make(world, caller)) ?? '',
});

const shownAnswer = ({ status, body }: ApiAnswer): string =>
  status < 400 ? `${status}` : `${status} ${body.code}`;

/** All of an answer but what names the request itself. */
const comparable = (answer: ApiAnswer): unknown => {
  const { instance, requestId, ...body } = answer.body;
  const { 'x-request-id': _, ...headers } = withoutCounts(answer).headers;
  return { status: answer.status, body, headers, cookies: answer.cookies };
};

describe.each(everyRoute.map(named))('%s', (_name, ruled) => {
  let results: readonly Result[];
  beforeAll(async () => {
    results = await askAll(ruled);
  });

  it('lets in whom its contract says, to what is theirs', () => {
    const wrong = results.flatMap((cell) => {
      const { identity, credential, whose, answer } = cell;
      const [got, want] = [shownAnswer(answer), shown(expectOutcome(ruled.route, ruled.rule, cell))];
      return got === want ? [] : [{ identity, credential, whose, got, want }];
    });
    expect(wrong).toEqual([]);
  });

  it('answers for what is somebody else’s as for what is not there', () => {
    const { rule } = ruled;
    for (const { identity, credential, whose, answer } of results) {
      const passesAny = rule.whose === 'any' && answer.status < 400;
      if (whose !== 'foreign' || passesAny) continue;
      const random = results.find(
        (one) => one.identity === identity && one.credential === credential && one.whose === 'random',
      );
      if (random === undefined) throw new Error('no such cell');
      expect(comparable(answer)).toEqual(comparable(random.answer));
    }
  });

  it('tells users nothing of others', () => {
    if (ruled.route.auth === 'support' || ruled.route.auth === 'admin') return;
    for (const { answer, stranger, foreignId } of results) {
      const text = JSON.stringify(answer);
      expect(text).not.toContain(stranger.userId);
      // A refusal may repeat the path that it was asked with.
      if (foreignId !== '' && answer.status < 400) expect(text).not.toContain(foreignId);
    }
  });
});

describe('the table', () => {
  it.each(Object.entries(CONTRACTS))(
    'has a rule for every route of %s, and for no other',
    (service, contract) => {
      expect(Object.keys(rules[service as keyof typeof rules]).sort()).toEqual(Object.keys(contract).sort());
    },
  );

  it('says of every id in a path what it names', () => {
    const silent = everyRoute.filter(
      ({ route, rule }) => /\{id\}/.test(route.path) && rule.names === undefined,
    );
    expect(silent.map(({ id }) => id)).toEqual([]);
  });

  it('was asked in full', () => {
    const ways = IDENTITIES.length * CREDENTIALS.length;
    const naming = everyRoute.filter(({ rule }) => rule.names !== undefined).length;
    expect(cells).toBe(ways * (naming * WHOSE.length + everyRoute.length - naming));
  });
});

it('takes no change from a cookie without its token, or from a page of another site', async () => {
  const changing = everyRoute.filter(
    ({ route }) => route.method !== 'GET' && route.auth !== 'public' && route.auth !== 'signature',
  );
  for (const ruled of changing) {
    const [caller] = await makePeople(world.admin, ['admin']);
    if (caller === undefined) throw new Error('too few people');
    const id = (await ruled.rule.names?.make(world, caller)) ?? '';
    const { Cookie = '', Origin = '', 'X-CSRF-Token': csrf = '' } = caller.headersOf('cookie');
    const forged: readonly Readonly<Record<string, string>>[] = [
      { Cookie, Origin },
      { Cookie, Origin, 'X-CSRF-Token': `${csrf}x` },
      { Cookie, Origin: 'https://elsewhere.example.test', 'X-CSRF-Token': csrf },
      { Cookie, Origin: 'null', 'X-CSRF-Token': csrf, 'Sec-Fetch-Site': 'cross-site' },
    ];
    for (const headers of forged) {
      const answer = await send(world, ruled, { by: caller, credential: 'cookie', id, headers });
      expect([ruled.id, answer.status, answer.body.code]).toEqual([ruled.id, 403, 'csrf_invalid']);
    }
  }
});
