/**
 * Changes an object in place.
 * @returns the old values of the fields that really changed, as events carry them in `previous_attributes`
 */
export function updateObject<T extends object>(object: T, changes: Partial<T>): Record<string, unknown> {
  const previous: Record<string, unknown> = {};
  for (const name of Object.keys(changes) as (keyof T & string)[]) {
    if (JSON.stringify(object[name]) !== JSON.stringify(changes[name])) previous[name] = object[name] ?? null;
  }
  Object.assign(object, changes);
  return previous;
}
