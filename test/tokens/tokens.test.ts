import { forgeTokens } from './forge-tokens';

/** A part of `npm run tokens`, the same each time. */
test('accepts exactly the tokens in which nothing is wrong', async () => {
  const { tokens, genuine, accepted, faults, fetches } = await forgeTokens(4_000, 1);

  expect(faults).toEqual([]);
  expect(tokens).toBe(4_000);
  expect(genuine).toBeGreaterThan(200);
  expect(accepted).toBe(genuine);
  // Unknown key ids ask once more, but not twice in one pause.
  expect(fetches).toBeLessThanOrEqual(2);
});
