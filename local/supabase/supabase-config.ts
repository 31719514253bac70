/** What the Supabase process is told by its parent, as JSON in TANDEM_SUPABASE. */
export type SupabaseConfig = {
  /** 0 = any free port. */
  port: number;
  /** For Auth: role supabase_auth_admin. */
  authDatabaseUrl: string;
  /** For the Data API: the superuser, who becomes anon, authenticated or service_role in each transaction. */
  dataDatabaseUrl: string;
  jwtSecret: string;
  publishableKey: string;
  secretKey: string;
  /** Where links in e-mails lead in the end. */
  siteUrl: string;
  smtpPort: number;
};

/** What it tells its parent when it is ready. */
export type SupabaseReady = { port: number };
