import { askStage } from '../../local/smoke/ask-stage';

const API = 'https://abc.execute-api.eu-central-1.amazonaws.com/staging/';

/** What a stage answers whose functions all work, by path below the API. */
const WORKING: Readonly<Record<string, number>> = {
  'GET api/health': 200,
  'GET api/auth/csrf-token': 200,
  'GET api/payments/history': 401,
  'GET api/files': 401,
  'POST api/payments/webhook/stripe': 400,
};

/** A stage, by what it answers at each round of questions. */
const stageOf = (...rounds: readonly Readonly<Record<string, number>>[]) => {
  let round = 0;
  const fetch = async (url: string | URL | Request, { method = 'GET' }: RequestInit = {}) => {
    const path = String(url);
    if (!path.startsWith(API)) throw new Error(`asked ${path}`);
    const status = rounds[Math.min(round, rounds.length - 1)]?.[`${method} ${path.slice(API.length)}`];
    if (status === undefined) throw new TypeError('fetch failed');
    return new Response(null, { status });
  };
  const sleep = async () => {
    round += 1;
  };
  return { fetch, sleep, rounds: () => round + 1 };
};

const broken = async (...rounds: readonly Readonly<Record<string, number>>[]) =>
  (await askStage(API, stageOf(...rounds))).filter(({ isFine }) => !isFine).map(({ of }) => of);

test('a stage of which every function answers is fine at once', async () => {
  const stage = stageOf(WORKING);
  expect((await askStage(API, stage)).map(({ of }) => of)).toEqual([
    'health',
    'auth',
    'payment',
    'files',
    'webhook',
  ]);
  expect(stage.rounds()).toBe(1);
});

test('a provider that is not set up is no fault', async () => {
  expect(await broken({ ...WORKING, 'POST api/payments/webhook/stripe': 422 })).toEqual([]);
});

test('a function that could not start is found, whoever else works', async () => {
  expect(await broken({ ...WORKING, 'GET api/payments/history': 500 })).toEqual(['payment']);
  expect(await broken({ ...WORKING, 'GET api/health': 503 })).toEqual(['health']);
});

test('so is a route that leads nowhere, and one that lets strangers in', async () => {
  expect(await broken({ ...WORKING, 'GET api/files': 404 })).toEqual(['files']);
  expect(await broken({ ...WORKING, 'GET api/files': 200 })).toEqual(['files']);
});

test('a stage that needs a moment is given it', async () => {
  expect(await broken({}, { ...WORKING, 'GET api/auth/csrf-token': 502 }, WORKING)).toEqual([]);
});

test('one that does not answer is given up on', async () => {
  const stage = stageOf({});
  const answers = await askStage(API, { ...stage, attempts: 3 });
  expect(answers.map(({ status }) => status)).toEqual([0, 0, 0, 0, 0]);
  expect(stage.rounds()).toBe(3);
});
