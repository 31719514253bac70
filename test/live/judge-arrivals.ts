/** What is wrong with what one person received; each list names events, and all are empty when nothing is. */
export interface Verdict {
  /** Not for this person, or never committed. */
  readonly leaked: readonly string[];
  readonly lost: readonly string[];
  /** Came after something that was committed later. */
  readonly outOfOrder: readonly string[];
  readonly doubled: readonly string[];
}

/**
 * @param expected names of the events that are this person's to see, in the order of commit
 * @param arrived names of what came, in the order of arrival
 */
export const judgeArrivals = (expected: readonly string[], arrived: readonly string[]): Verdict => {
  const places = new Map(expected.map((name, place) => [name, place]));
  const seen = new Set<string>();
  const leaked: string[] = [];
  const outOfOrder: string[] = [];
  const doubled: string[] = [];
  let last = -1;
  for (const name of arrived) {
    const place = places.get(name);
    if (place === undefined) leaked.push(name);
    else if (seen.has(name)) doubled.push(name);
    else if (place < last) outOfOrder.push(name);
    else last = place;
    seen.add(name);
  }
  return { leaked, lost: expected.filter((name) => !seen.has(name)), outOfOrder, doubled };
};

export const isFlawless = ({ leaked, lost, outOfOrder, doubled }: Verdict): boolean =>
  leaked.length + lost.length + outOfOrder.length + doubled.length === 0;
