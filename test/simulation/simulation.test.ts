import { permuteFacts } from './permute-facts';
import { runHistory } from './run-history';

describe('the simulation', () => {
  it('ends every one of 2,000 histories with the books of the provider', () => {
    const failed = Array.from({ length: 2_000 }, (_, index) => runHistory(index + 1)).filter(
      ({ faults }) => faults.length > 0,
    );
    expect(failed.map(({ seed, faults }) => `seed ${seed}: ${faults}`)).toEqual([]);
  });

  it('is the same history for the same seed, with something in it', () => {
    const history = runHistory(70, { trace: true });
    expect(runHistory(70, { trace: true })).toEqual(history);
    expect(history.trace.length).toBeGreaterThan(10);
  });

  it('has workers refused and refunds set aside, so those paths are walked', () => {
    const histories = Array.from({ length: 300 }, (_, index) => runHistory(index + 1));
    expect(histories.some(({ refused }) => refused > 0)).toBe(true);
    expect(histories.some(({ reviewed }) => reviewed > 0)).toBe(true);
  });
});

it('gives one state for every order of every set of up to 5 of 9 facts', () => {
  const { sets, orders, faults } = permuteFacts(9, 5);
  expect({ sets, orders, faults }).toEqual({ sets: 381, orders: 18_729, faults: [] });
});
