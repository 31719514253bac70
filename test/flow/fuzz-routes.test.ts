import { everyRoute } from '../authorization/every-route';
import { fuzzServices } from '../fuzz/fuzz-services';

/**
 * Bad input gets a clear error, whatever it is: never a 5xx, never anything but JSON or problem+json with our codes. The full
 * run is `npm run fuzz -- --requests 200000`.
 */
it('answers 6,000 requests from quite right to quite wrong, to every route, as its contract says', async () => {
  const seed = Date.now() % 1_000_000;
  const { faults, requests, routes, statuses } = await fuzzServices({ requests: 6_000, seed });

  expect(faults).toEqual([]);
  expect(requests).toBe(6_000);
  expect(routes.size).toBe(everyRoute.length);
  // It went beyond the door: things were done, and refused for their content.
  expect([...routes.values()].filter(({ successes }) => successes > 0).length).toBeGreaterThan(
    routes.size / 2,
  );
  expect(statuses.get(400)).toBeGreaterThan(200);
}, 60_000);
