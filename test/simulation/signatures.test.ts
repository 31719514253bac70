import { compareSignatures } from './compare-signatures';
import { sendForgedBodies } from './forge-bodies';

it('gives 20,000 forged and genuine deliveries the verdict of the byte-level reference', async () => {
  const { accepted, differing, strayAddresses } = await compareSignatures(20_000, 1);
  expect({ differing, strayAddresses }).toEqual({ differing: [], strayAddresses: [] });
  expect(accepted).toBeGreaterThan(1_000);
});

it('takes no amount from 1,000 PayPal bodies forged for a captured signature', async () => {
  const { accepted, messages, telling, fetches } = await sendForgedBodies(1_000, 1);
  expect({ accepted, messages, telling, fetches }).toEqual({
    accepted: 1_000,
    messages: 1_000,
    telling: [],
    fetches: 1,
  });
});
