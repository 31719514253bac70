/** A decoded form: text at the leaves. Objects have no prototype, so `__proto__` is a name like any other. */
export type FormValue = string | FormValue[] | FormObject;
export interface FormObject {
  [name: string]: FormValue;
}

const mostPairs = 2000;
const deepest = 12;

/**
 * Decodes Stripe's form encoding: `metadata[order]=7`, `expand[]=customer`, `items[0][price]=p`.
 * A repeated scalar keeps its last value.
 * @returns undefined when the text is no such form: a name both scalar and object, broken brackets, too many
 * pairs or too deep.
 */
export function parseForm(text: string): FormObject | undefined {
  const root: FormObject = Object.create(null);
  let pairs = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    pairs += 1;
    const path = splitName(name);
    if (pairs > mostPairs || !path || !put(root, path, value)) return undefined;
  }
  const listed = asLists(root);
  return typeof listed === 'object' && !Array.isArray(listed) ? listed : undefined;
}

/** `a[b][]` -> `['a', 'b', '']`. */
function splitName(name: string): string[] | undefined {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name);
  if (!match) return undefined;
  const [, head = '', brackets = ''] = match;
  const path = [head, ...[...brackets.matchAll(/\[([^[\]]*)\]/g)].map((part) => part[1] ?? '')];
  return path.length <= deepest ? path : undefined;
}

function put(root: FormObject, path: string[], value: string): boolean {
  let node = root;
  for (const [index, part] of path.entries()) {
    // `a[]` twice is two entries: each gets the next free index.
    const name = part === '' ? String(Object.keys(node).length) : part;
    const existing = node[name];
    if (index === path.length - 1) {
      if (typeof existing === 'object') return false;
      node[name] = value;
      return true;
    }
    if (existing === undefined) {
      const inner: FormObject = Object.create(null);
      node[name] = inner;
      node = inner;
    } else if (typeof existing === 'object' && !Array.isArray(existing)) node = existing;
    else return false;
  }
  return false;
}

/** Objects whose names are 0, 1, 2 ... become arrays. */
function asLists(value: FormValue): FormValue {
  if (typeof value === 'string' || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  const isList = entries.length > 0 && entries.every(([name], index) => name === String(index));
  if (isList) return entries.map(([, inner]) => asLists(inner));
  const object: FormObject = Object.create(null);
  for (const [name, inner] of entries) object[name] = asLists(inner);
  return object;
}

/** A text that is equal for forms with equal content, whatever the order of their names. */
export function canonicalForm(value: FormValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalForm).join()}]`;
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonicalForm(value[name] ?? '')}`).join()}}`;
}
