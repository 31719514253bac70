/** A deliberate safety fault: one exact replacement in one file, and the test files of which at least one must then fail. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** Must stand in the file exactly once. */
  readonly search: string;
  readonly replacement: string;
  readonly tests: readonly [string, ...string[]];
}
