import { randomUUID } from 'node:crypto';
import type { Database } from '#shared/database/pool';
import { claimIdempotencyKey, type IdempotencyClaim } from '../../services/payment/sql/claim-idempotency-key';
import {
  finishIdempotencyKey,
  releaseIdempotencyKey,
  takeOverIdempotencyKey,
} from '../../services/payment/sql/hold-idempotency-key';
import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';

let databases: PaymentDatabase;
let db: Database;

beforeAll(async () => {
  databases = await openPaymentDatabase();
  db = databases.as('tandem_payment', 8);
});
afterAll(() => databases.close());

const newClaim = (more: Partial<IdempotencyClaim> = {}): IdempotencyClaim => ({
  userId: randomUUID(),
  route: 'create-intent',
  key: randomUUID(),
  requestHash: 'a'.repeat(64),
  resourceId: randomUUID(),
  ...more,
});

describe('claiming', () => {
  it('gives a fresh key to its claimer and shows others what was claimed', async () => {
    const claim = newClaim();
    const before = Date.now();
    expect(await claimIdempotencyKey(db, claim)).toBeNull();
    const later = { ...claim, requestHash: 'b'.repeat(64), resourceId: randomUUID() };
    const found = await claimIdempotencyKey(db, later);
    expect(found).toEqual({
      requestHash: claim.requestHash,
      resourceId: claim.resourceId,
      state: 'in_flight',
      response: null,
      claimedAt: expect.any(Number),
    });
    expect(Math.abs((found?.claimedAt ?? 0) - before)).toBeLessThan(5_000);
  });

  it.each([
    ['another user', { userId: randomUUID() }],
    ['another route', { route: 'refund' }],
    ['another key', { key: randomUUID() }],
  ])('keeps apart the same key of %s', async (_, other) => {
    const claim = newClaim();
    expect(await claimIdempotencyKey(db, claim)).toBeNull();
    expect(await claimIdempotencyKey(db, { ...claim, ...other })).toBeNull();
  });

  it('has one winner among many at once, and all losers see the winner', async () => {
    const claim = newClaim();
    const claims = Array.from({ length: 24 }, () => ({ ...claim, resourceId: randomUUID() }));
    const results = await Promise.all(claims.map((one) => claimIdempotencyKey(db, one)));
    const winners = claims.filter((_, index) => results[index] === null);
    expect(winners).toHaveLength(1);
    const losers = results.filter((result) => result !== null);
    expect(new Set(losers.map(({ resourceId }) => resourceId))).toEqual(new Set([winners[0]?.resourceId]));
  });

  it.each(['', 'x'.repeat(256)])('refuses a key that is empty or too long', async (key) => {
    await expect(claimIdempotencyKey(db, newClaim({ key }))).rejects.toMatchObject({
      cause: { constraint: 'idempotency_keys_key_check' },
    });
  });
});

describe('taking over', () => {
  const claimedBefore = async (claim: IdempotencyClaim) => {
    await claimIdempotencyKey(db, claim);
    return (await claimIdempotencyKey(db, claim))?.claimedAt ?? Number.NaN;
  };

  it('lets exactly one of many successors in', async () => {
    const claim = newClaim();
    const claimedAt = await claimedBefore(claim);
    const taken = await Promise.all(
      Array.from({ length: 16 }, () => takeOverIdempotencyKey(db, claim, claimedAt)),
    );
    expect(taken.filter(Boolean)).toHaveLength(1);
  });

  it('refuses somebody who saw an older claim', async () => {
    const claim = newClaim();
    expect(await takeOverIdempotencyKey(db, claim, (await claimedBefore(claim)) - 1)).toBe(false);
  });

  it('refuses a key that is done', async () => {
    const claim = newClaim();
    const claimedAt = await claimedBefore(claim);
    await finishIdempotencyKey(db, claim, '{}');
    expect(await takeOverIdempotencyKey(db, claim, claimedAt)).toBe(false);
  });
});

describe('releasing', () => {
  it('leaves the resource and opens the claim at once', async () => {
    const claim = newClaim();
    await claimIdempotencyKey(db, claim);
    await releaseIdempotencyKey(db, claim);
    const found = await claimIdempotencyKey(db, { ...claim, resourceId: randomUUID() });
    expect(found).toMatchObject({ resourceId: claim.resourceId, state: 'in_flight', claimedAt: 0 });
    expect(await takeOverIdempotencyKey(db, claim, 0)).toBe(true);
  });

  it('does not reopen what is done', async () => {
    const claim = newClaim();
    await claimIdempotencyKey(db, claim);
    await finishIdempotencyKey(db, claim, '{"a":1}');
    await releaseIdempotencyKey(db, claim);
    expect(await claimIdempotencyKey(db, claim)).toMatchObject({ state: 'done', response: '{"a":1}' });
  });
});

describe('finishing', () => {
  it('keeps the answer byte for byte', async () => {
    const claim = newClaim();
    const answer = '{"z":1,"a":"\\u00e9 é \\n","n":[1.50]}';
    await claimIdempotencyKey(db, claim);
    await finishIdempotencyKey(db, claim, answer);
    expect((await claimIdempotencyKey(db, claim))?.response).toBe(answer);
  });

  it('keeps the first answer, should a frozen process wake up with another', async () => {
    const claim = newClaim();
    await claimIdempotencyKey(db, claim);
    await finishIdempotencyKey(db, claim, '"first"');
    await finishIdempotencyKey(db, claim, '"late"');
    expect((await claimIdempotencyKey(db, claim))?.response).toBe('"first"');
  });
});
