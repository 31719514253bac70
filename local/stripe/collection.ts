/** Objects of one kind in the order they came to be. */
export interface Collection<T extends { id: string }> {
  get(id: string): T | undefined;
  put(object: T): T;
  remove(id: string): void;
  /** Oldest first. */
  all(): T[];
  snapshot(): T[];
  restore(objects: T[]): void;
  clear(): void;
}

export function createCollection<T extends { id: string }>(): Collection<T> {
  const objects = new Map<string, T>();
  return {
    get: (id) => objects.get(id),
    put(object) {
      objects.set(object.id, object);
      return object;
    },
    remove(id) {
      objects.delete(id);
    },
    all: () => [...objects.values()],
    snapshot: () => [...objects.values()],
    restore(saved) {
      objects.clear();
      for (const object of saved) objects.set(object.id, object);
    },
    clear: () => objects.clear(),
  };
}
