/** Something the provider would tell about: the event's type and the object as it stood then. */
export interface Emitted {
  readonly type: string;
  readonly object: object;
}

/** One thing that happens at the provider; null when nothing more can. */
export type Happening = { readonly what: string; readonly emitted: readonly Emitted[] } | null;
