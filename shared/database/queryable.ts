/** What a statement needs of a connection: pg's `Client`, `PoolClient` and `Pool` all fit. */
export interface Queryable {
  query<Row>(text: string, values?: readonly unknown[]): Promise<{ rows: Row[]; rowCount: number | null }>;
}
