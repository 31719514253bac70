/** One deliberate fault of access, as SQL of the superuser, and the objects whose cells must then go red. */
export interface Mutant {
  readonly kind: string;
  readonly name: string;
  readonly sql: string;
  readonly objects: readonly string[];
  /** About one column, which hardly any tried statement names. */
  readonly isOfColumn?: boolean;
}
