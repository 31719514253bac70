import { AppError } from '#shared/errors/app-error';

/** A JSON object whose form is not known yet. */
export type JsonObject = { readonly [key: string]: unknown };

/** Real events nest about ten deep; far more than that is an attack on whatever walks them next. */
const MAX_DEPTH = 64;

/**
 * The bytes as a JSON object. They must be valid UTF-8 without a byte order mark, nest at most 64 deep, hold no
 * `__proto__` key and no number that a double cannot hold exactly: what we store must mean what the provider sent.
 *
 * @throws AppError `webhook_body_invalid`
 */
export const readJsonObject = (body: Uint8Array): JsonObject => {
  const value = parse(body);
  if (!isJsonObject(value)) throw invalid('The body is not a JSON object');
  check(value, MAX_DEPTH);
  return value;
};

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Why a body is refused, in words the provider's dashboard will show. */
export const invalid = (detail: string, cause?: unknown): AppError =>
  new AppError('webhook_body_invalid', { detail, cause });

const parse = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body));
  } catch (cause) {
    throw invalid('The body is not JSON in UTF-8', cause);
  }
};

const check = (value: unknown, depth: number): void => {
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
      throw invalid('The body holds a number too large to keep');
    }
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth === 0) throw invalid('The body is nested too deeply');
  if (Object.hasOwn(value, '__proto__')) throw invalid('The body holds a __proto__ key');
  for (const item of Object.values(value)) check(item, depth - 1);
};
