import { disputesByAttention } from '../../services/payment/domain/dispute-status';
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

  it('has workers refused, refunds set aside and disputes of every kind, so those paths are walked', () => {
    const histories = Array.from({ length: 1_000 }, (_, index) => runHistory(index + 1));
    expect(histories.some(({ refused }) => refused > 0)).toBe(true);
    expect(histories.some(({ reviewed }) => reviewed > 0)).toBe(true);
    const ends = new Set(histories.flatMap((history) => history.ends));
    expect(ends).toEqual(new Set([...ends, 'reversed, lost', 'succeeded, won', 'succeeded, warning_closed']));
    const disputes = new Set([...ends].map((end) => end.split(', ')[1]));
    expect([...disputes].sort()).toEqual(['null', ...disputesByAttention].sort());
  });
});

it('gives one state for every order of every set of up to 5 of 12 facts, as the oracle expects', () => {
  const { sets, orders, faults } = permuteFacts(12, 5);
  expect({ sets, orders, faults }).toEqual({ sets: 1_585, orders: 108_384, faults: [] });
});
