import { isFlawless, judgeArrivals } from './judge-arrivals';

const NONE = { leaked: [], lost: [], outOfOrder: [], doubled: [] };

it('has nothing against what came once each and in the order of commit', () => {
  const verdict = judgeArrivals(['a', 'b', 'c'], ['a', 'b', 'c']);
  expect(verdict).toEqual(NONE);
  expect(isFlawless(verdict)).toBe(true);
});

it.each([
  ['a foreign row', ['a', 'x', 'b', 'c'], { ...NONE, leaked: ['x'] }],
  ['a row that did not come', ['a', 'c'], { ...NONE, lost: ['b'] }],
  ['a row that came too late', ['b', 'a', 'c'], { ...NONE, outOfOrder: ['a'] }],
  ['a row that came twice', ['a', 'b', 'a', 'c'], { ...NONE, doubled: ['a'] }],
  ['silence', [], { ...NONE, lost: ['a', 'b', 'c'] }],
])('sees %s', (_what, arrived, expected) => {
  const verdict = judgeArrivals(['a', 'b', 'c'], arrived);
  expect(verdict).toEqual(expected);
  expect(isFlawless(verdict)).toBe(false);
});
