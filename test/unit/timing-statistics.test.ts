import { median, separability } from '../timing/statistics';

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);

test.each([
  ['the same times', range(0, 100), range(0, 100), 0.5],
  ['one always slower', range(0, 100), range(100, 200), 1],
  ['the other always slower', range(100, 200), range(0, 100), 1],
  ['half of each beyond the other', range(0, 100), range(50, 150), 0.875],
  ['all equal', Array<number>(50).fill(300), Array<number>(70).fill(300), 0.5],
])('%s', (_what, a, b, expected) => {
  expect(separability(a, b)).toBeCloseTo(expected, 2);
});

test('finds five milliseconds among a spread of fifty', () => {
  const spread = range(0, 2_000)
    .map((at) => (at * 7_919) % 2_000)
    .map((at) => at / 40);
  expect(
    separability(
      spread,
      spread.map((ms) => ms + 5),
    ),
  ).toBeGreaterThan(0.57);
  expect(median(spread)).toBeCloseTo(25, 0);
});
