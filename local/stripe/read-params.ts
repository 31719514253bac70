import type { FormObject, FormValue } from './form';
import { invalidParam } from './stripe-error';

/** Typed access to a request's parameters; a wrong one is refused the way Stripe does. */
export interface Params {
  has(name: string): boolean;
  /** Undefined when absent; null when given empty, which unsets. */
  text(name: string): string | null | undefined;
  requiredText(name: string): string;
  integer(name: string): number | undefined;
  requiredInteger(name: string): number;
  flag(name: string): boolean | undefined;
  oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined;
  texts(name: string): string[];
  object(name: string): FormObject | undefined;
  /** `{key: text}` to merge; an empty text deletes the key; null (metadata given empty) deletes all. */
  metadata(): Record<string, string> | null | undefined;
}

const metadataLimits = { keys: 50, keyLength: 40, valueLength: 500 };

/**
 * @param allowed names Stripe takes at this endpoint; others are `parameter_unknown`. `expand` always passes.
 * @throws StripeRefusal on reading, with the parameter named
 */
export function readParams(form: FormObject, allowed: readonly string[]): Params {
  for (const name of Object.keys(form)) {
    if (name !== 'expand' && !allowed.includes(name)) {
      throw invalidParam(name, `Received unknown parameter: ${name}`, 'parameter_unknown');
    }
  }

  function text(name: string): string | null | undefined {
    const value = form[name];
    if (value === undefined) return undefined;
    if (typeof value !== 'string') throw invalidParam(name, `Invalid string: ${shown(value)}`);
    if (value.length > 5000)
      throw invalidParam(name, `Invalid string: ${name} is longer than 5000 characters.`);
    return value === '' ? null : value;
  }

  function integer(name: string): number | undefined {
    const value = form[name];
    if (value === undefined) return undefined;
    if (typeof value !== 'string' || !/^-?\d{1,15}$/.test(value)) {
      throw invalidParam(name, `Invalid integer: ${shown(value)}`, 'parameter_invalid_integer');
    }
    return Number(value);
  }

  const missing = (name: string) =>
    invalidParam(name, `Missing required param: ${name}.`, 'parameter_missing');

  return {
    has: (name) => form[name] !== undefined,
    text,
    requiredText(name) {
      const value = text(name);
      if (!value) throw missing(name);
      return value;
    },
    integer,
    requiredInteger(name) {
      const value = integer(name);
      if (value === undefined) throw missing(name);
      return value;
    },
    flag(name) {
      const value = form[name];
      if (value === undefined) return undefined;
      if (value === 'true' || value === '1') return true;
      if (value === 'false' || value === '0') return false;
      throw invalidParam(name, `Invalid boolean: ${shown(value)}`);
    },
    oneOf(name, choices) {
      const value = text(name);
      if (value === undefined || value === null) return undefined;
      const choice = choices.find((one) => one === value);
      if (choice) return choice;
      throw invalidParam(name, `Invalid ${name}: must be one of ${choices.join(', ')}`);
    },
    texts(name) {
      const value = form[name];
      if (value === undefined) return [];
      const items = Array.isArray(value) ? value : [value];
      return items.map((item) => {
        if (typeof item === 'string') return item;
        throw invalidParam(name, `Invalid array: ${name}`);
      });
    },
    object(name) {
      const value = form[name];
      if (value === undefined || value === '') return undefined;
      if (typeof value === 'object' && !Array.isArray(value)) return value;
      throw invalidParam(name, 'Invalid object');
    },
    metadata: () => readMetadata(form.metadata),
  };
}

function readMetadata(value: FormValue | undefined): Record<string, string> | null | undefined {
  if (value === undefined) return undefined;
  if (value === '') return null;
  if (typeof value === 'string') throw invalidParam('metadata', 'Invalid object');
  const entries = Object.entries(value);
  if (entries.length > metadataLimits.keys) {
    throw invalidParam('metadata', `Metadata can have at most ${metadataLimits.keys} keys.`);
  }
  for (const [key, inner] of entries) {
    if (typeof inner !== 'string') throw invalidParam(`metadata[${key}]`, 'Metadata values must be strings.');
    if (key.length > metadataLimits.keyLength) {
      throw invalidParam('metadata', `Metadata keys can have up to ${metadataLimits.keyLength} characters.`);
    }
    if (inner.length > metadataLimits.valueLength) {
      throw invalidParam(
        `metadata[${key}]`,
        `Metadata values can have up to ${metadataLimits.valueLength} characters.`,
      );
    }
  }
  return Object.fromEntries(entries as [string, string][]);
}

function shown(value: FormValue): string {
  return typeof value === 'string' ? value.slice(0, 100) : 'an object';
}
