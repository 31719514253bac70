import { PayPalError } from './paypal-error';

export type Fields = Record<string, unknown>;

/** Narrows a JSON value to an object, or answers 400 for `field`. */
export function readObject(value: unknown, field: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw PayPalError.invalid('INVALID_PARAMETER_SYNTAX', { field });
  }
  return value as Fields;
}

/** An object where one may stand: absent or of another type means empty. */
export function objectOrEmpty(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** A text of 1 to `max` characters, or undefined when absent. */
export function readText(from: Fields, key: string, max: number, at: string): string | undefined {
  const value = Object.hasOwn(from, key) ? from[key] : undefined;
  if (value === undefined || value === null) return undefined;
  const field = `${at}/${key}`;
  if (typeof value !== 'string') throw PayPalError.invalid('INVALID_PARAMETER_SYNTAX', { field });
  if (value.length < 1 || value.length > max)
    throw PayPalError.invalid('INVALID_STRING_LENGTH', { field, value });
  return value;
}

/** One of the listed texts; `fallback` when absent. */
export function readChoice<T extends string>(
  from: Fields,
  key: string,
  choices: readonly T[],
  at: string,
  fallback?: T,
): T {
  const value = Object.hasOwn(from, key) ? from[key] : undefined;
  const field = `${at}/${key}`;
  if (value === undefined) {
    if (fallback !== undefined) return fallback;
    throw PayPalError.invalid('MISSING_REQUIRED_PARAMETER', { field });
  }
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined)
    throw PayPalError.invalid('INVALID_PARAMETER_VALUE', { field, value: String(value) });
  return choice;
}

/** An absolute http(s) URL; anything else (javascript:, relative) is refused. */
export function readUrl(from: Fields, key: string, at: string): string | undefined {
  const value = readText(from, key, 4_000, at);
  if (value === undefined) return undefined;
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    throw PayPalError.invalid('INVALID_PARAMETER_SYNTAX', { field: `${at}/${key}`, value });
  }
  return value;
}
