/** Words of an address about TLS: pg lets them take the place of what it is told beside the address. */
const TLS_WORDS = ['ssl', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'uselibpqcompat'];

/** The part of pg's options that says where the server is, and how it proves that it is the one. */
export interface ServerAddress {
  readonly connectionString: string;
  readonly ssl?: { readonly ca: string };
}

/**
 * With an authority: encrypted, to a server whose certificate that authority signed for the host in the address, or not at all.
 * Without: as the address says; `sslmode=require` encrypts, and believes whoever answers.
 *
 * @param authority PEM certificate
 */
export const proveServer = (address: string, authority: string | undefined): ServerAddress => {
  if (authority === undefined) return { connectionString: address };
  const url = new URL(address);
  for (const word of TLS_WORDS) url.searchParams.delete(word);
  return { connectionString: url.href, ssl: { ca: authority } };
};
