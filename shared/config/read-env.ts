import type * as z from 'zod/mini';

/** Where configuration is read from: `process.env`, or that with the secrets laid over it. */
export type EnvSource = Readonly<Record<string, string | undefined>>;

/**
 * Checks configuration once, at init, against a zod schema. An empty value counts as missing: a template that leaves a
 * variable blank means that it has none.
 *
 * @throws Error that names every variable at fault, and never shows a value: they may be secrets
 */
export const readEnv = <Schema extends z.ZodMiniType>(
  schema: Schema,
  source: EnvSource,
): z.output<Schema> => {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const result = schema.safeParse(present);
  if (result.success) return result.data;
  const names = new Set(result.error.issues.map(({ path }) => String(path[0] ?? 'the whole')));
  const list = [...names].map((name) => `${name} (${present[name] === undefined ? 'missing' : 'not valid'})`);
  throw new Error(`Environment: ${list.join(', ')}`);
};
