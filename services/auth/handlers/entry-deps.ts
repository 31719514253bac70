/** What every route that signs somebody in needs beside its use case. */
export interface EntryDeps {
  /** Origins whose pages may sign their visitors in. */
  readonly allowedOrigins: readonly string[];
}
