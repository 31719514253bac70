import type { PayPalState } from './state';

/** State as plain JSON: bigint becomes `{$bigint: "19"}`, Map becomes `{$map: [[key, value], ...]}`. */
export function encodeState(state: PayPalState): unknown {
  return JSON.parse(
    JSON.stringify(state, (_key, value: unknown) => {
      if (typeof value === 'bigint') return { $bigint: value.toString() };
      return value instanceof Map ? { $map: [...value] } : value;
    }),
  );
}

/** The inverse of encodeState. Trusts its input: it is a file that the double itself wrote. */
export function decodeState(saved: unknown): PayPalState {
  return JSON.parse(JSON.stringify(saved), (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    if ('$bigint' in value) return BigInt(String(value.$bigint));
    return '$map' in value ? new Map(value.$map as [string, unknown][]) : value;
  });
}
