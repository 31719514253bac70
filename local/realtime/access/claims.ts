/** What a verified token says of its bearer. */
export type Claims = Record<string, unknown> & {
  /** Postgres role that checks run as. */
  role: string;
  /** End of validity, in seconds since 1970. */
  exp: number;
};

/** What Supabase's Realtime may become; whoever signs a token for another role is refused. */
export const API_ROLES = ['anon', 'authenticated', 'service_role'];
