/** A token that was replaced: its hash, and what its successor was made with. */
export interface RetiredToken {
  readonly tokenHash: Buffer;
  readonly nonce: Buffer;
}

export interface TokenFunctions {
  readonly hash: (token: string) => Buffer;
  readonly successorOf: (token: string, nonce: Buffer) => string;
}

/**
 * Follows a token along the generations that replaced it, to the newest. A token that nothing replaced is its own answer.
 * Ends for every input: no hash is followed twice.
 */
export const findSuccessor = (
  token: string,
  retired: readonly RetiredToken[],
  { hash, successorOf }: TokenFunctions,
): string => {
  const nonces = new Map(retired.map(({ tokenHash, nonce }) => [tokenHash.toString('hex'), nonce]));
  let newest = token;
  for (;;) {
    const key = hash(newest).toString('hex');
    const nonce = nonces.get(key);
    if (nonce === undefined) return newest;
    nonces.delete(key);
    newest = successorOf(newest, nonce);
  }
};
