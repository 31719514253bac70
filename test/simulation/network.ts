import type { Random } from './random';

/** How badly the way from the provider to us behaves in one history: probabilities, and seconds. */
export interface Weather {
  readonly loss: number;
  readonly duplicate: number;
  /** That a copy comes under another event id: one fact may be told by several events. */
  readonly renamed: number;
  readonly truncated: number;
  readonly longestDelay: number;
}

export const weatherOf = (random: Random): Weather => ({
  loss: random.pick([0, 0, 0.1, 0.5, 1]),
  duplicate: random.pick([0, 0.3, 0.8]),
  renamed: random.pick([0, 0.3]),
  truncated: random.pick([0, 0.1]),
  longestDelay: random.pick([1, 60, 7_200, 5 * 86_400]),
});

/** One copy on its way. */
export interface Copy {
  readonly eventId: string;
  /** Seconds until it arrives: the longer they may be, the less is left of the order. */
  readonly delay: number;
  readonly isTruncated: boolean;
}

/** What the network makes of one event: no copy, one, or several. */
export const copiesOf = (eventId: string, weather: Weather, random: Random): readonly Copy[] => {
  if (random.chance(weather.loss)) return [];
  const count = random.chance(weather.duplicate) ? 2 + random.below(2) : 1;
  return Array.from({ length: count }, (_, copy) => ({
    eventId: random.chance(weather.renamed) ? `${eventId}_again_${copy}` : eventId,
    delay: random.below(weather.longestDelay + 1),
    isTruncated: random.chance(weather.truncated),
  }));
};
