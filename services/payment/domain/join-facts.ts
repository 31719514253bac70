import { compareProgress, type Fact, factKey } from './fact-kinds';

/** The facts of `reported` that the set does not hold yet; the union of both is the joined set. */
export const newFacts = (known: readonly Fact[], reported: readonly Fact[]): readonly Fact[] => {
  const seen = new Set(known.map(factKey));
  return reported.filter((fact) => {
    const key = factKey(fact);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
};

/** Each thing once, as far as it has come: the facts that count. Independent of the order of `facts`. */
export const latestFacts = (facts: readonly Fact[]): readonly Fact[] => {
  const latest = new Map<string, Fact>();
  for (const fact of facts) {
    const thing = `${fact.kind}:${fact.objectId}`;
    const held = latest.get(thing);
    if (held === undefined || compareProgress(fact, held) > 0) latest.set(thing, fact);
  }
  return [...latest.values()];
};

/**
 * Whether two reports of the same fact disagree on what it is worth. Neither provider does that; if one seems to, a person
 * must look before it has any effect.
 */
export const contradiction = (known: readonly Fact[], reported: readonly Fact[]): Fact | null => {
  const held = new Map(known.map((fact) => [factKey(fact), fact]));
  for (const fact of reported) {
    const other = held.get(factKey(fact));
    if (other !== undefined && !sameWorth(other, fact)) return fact;
    held.set(factKey(fact), fact);
  }
  return null;
};

const sameWorth = (a: Fact, b: Fact): boolean =>
  a.amountMinor === b.amountMinor && a.currency === b.currency && a.parentId === b.parentId;
