import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, makeDatabase } from '#shared/database/pool';
import { startTandem } from '../../local/runner';
import type { Tandem } from '../../local/tandem';
import { afterwards, breakEverything } from '../canaries/break-everything';
import { type Canaries, makeCanaries } from '../canaries/canaries';
import { buy, type Day, liveWithAccount, sayTooMuch } from '../canaries/live-a-day';
import { keepMessages, keptMessages, logTexts, searchTexts, tableTexts } from '../canaries/search-everything';
import { shareThings } from '../canaries/share-things';
import { makeVisitor, type Visitor } from '../canaries/visitor';

/** Where a canary may be, and why. Nothing else may be anywhere. */
const ALLOWED: readonly { readonly where: string; readonly kind: string; readonly because: string }[] = [
  { where: 'public.user_profiles.email', kind: 'email', because: 'it is the address of the account' },
  {
    where: 'private.idempotency_keys.response',
    kind: 'secret',
    because: 'the first answer is repeated word for word for a day; only the payment service reads it',
  },
  { where: 'public.files.name', kind: 'person', because: 'its owner calls it so' },
  { where: 'public.notifications.data', kind: 'person', because: 'it tells the owner which file' },
  { where: 'public.conversations.title', kind: 'person', because: 'its members see it' },
  { where: 'public.messages.body', kind: 'person', because: 'it is the message' },
];

/** A day in the life of the whole, every secret of which is looked for afterwards wherever anything is written. */
describe('after a day with everything in it', () => {
  const canaries: Canaries = makeCanaries();
  const spoken: [string, string][] = [];
  let stateDir: string;
  let tandem: Tandem;
  let owner: Database;
  let visitor: Visitor;

  beforeAll(async () => {
    stateDir = mkdtempSync(join(tmpdir(), 'tandem-canaries-'));
    tandem = await startTandem({
      stateDir,
      durable: false,
      seedUsers: false,
      relayDatabase: true,
      env: { RATE_LIMIT_FACTOR: '1000' },
      // Requests and mails are shown to whoever develops, as they come.
      log: (kind, message, fields) => {
        if (kind === 'request' || kind === 'mail') return;
        spoken.push([`runner, ${kind}`, `${message} ${JSON.stringify(fields)}`]);
      },
    });
    keepMessages(join(stateDir, 'queue.sqlite'));
    owner = makeDatabase({ connectionString: tandem.database?.url() ?? '', applicationName: 'test' });
    visitor = makeVisitor(tandem, canaries);
    const day: Day = { tandem, canaries, visitor, owner };

    const account = await liveWithAccount(day);
    const paid = await buy(day, account);
    await sayTooMuch(day, account);
    await shareThings(day, account);
    await owner.query("insert into private.roles (user_id, role) values ($1, 'admin')", [account.id]);
    await afterwards(day, account, paid);
    await breakEverything(day, account);
    await quiet(tandem);
  }, 120_000);

  afterAll(async () => {
    await owner?.close();
    await tandem?.close();
    rmSync(stateDir, { recursive: true, force: true });
  }, 30_000);

  const leaks = (texts: readonly (readonly [string, string])[]) =>
    searchTexts(canaries, texts).filter(
      (leak) => !ALLOWED.some(({ where, kind }) => where === leak.where && kind === leak.kind),
    );

  test('the day was full: it was answered in many ways, and there is a lot to look for', () => {
    const statuses = new Set(visitor.errors.map(([where]) => where.split(' ')[1]));
    expect([...statuses].sort()).toEqual(
      expect.arrayContaining(['400', '401', '404', '415', '422', '502', '503']),
    );
    expect(canaries.count()).toBeGreaterThan(50);
  });

  test('no log line of any function has any of it, and each is one JSON record', () => {
    const texts = logTexts(join(stateDir, 'logs'));
    expect(texts.map(([name]) => name).sort()).toEqual(
      expect.arrayContaining([
        ...['auth.log', 'payment.log', 'reconcile.log', 'sweep.log', 'webhook.log'],
        ...['files.log', 'inspect.log', 'outbox.log', 'sweepChanges.log'],
      ]),
    );
    expect(leaks(texts)).toEqual([]);
    const lines = texts
      .filter(([name]) => tandem.functions.has(name.replace('.log', '')))
      .flatMap(([, text]) => text.split('\n').filter(Boolean));
    expect(lines.filter((line) => !isRecord(line))).toEqual([]);
    expect(lines.length).toBeGreaterThan(100);
  });

  test('no message of any queue', () => {
    const texts = keptMessages(join(stateDir, 'queue.sqlite'));
    expect(texts.length).toBeGreaterThan(5);
    expect(leaks(texts)).toEqual([]);
  });

  test('no column of any table', async () => {
    expect(leaks(await tableTexts(owner))).toEqual([]);
  });

  test('no answer that is an error', () => {
    expect(leaks(visitor.errors)).toEqual([]);
  });

  test('no line of the runner', () => {
    expect(leaks(spoken)).toEqual([]);
  });
});

const isRecord = (line: string): boolean => {
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
};

/** Waits until the providers have nothing more to tell, and for the queue to be worked off. */
const quiet = async ({ doubles }: Tandem): Promise<void> => {
  for (const double of [doubles.stripe, doubles.paypal])
    await fetch(`${double?.url}/_control/deliveries/drain`, { method: 'POST' });
  await sleep(1_500);
};
