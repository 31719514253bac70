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
  /** Where Realtime listens on 127.0.0.1, to be reached at this address, too. Default: there is none. */
  realtimePort?: number;
  /** Folder for what is uploaded. Default: there is no Storage. */
  storageDir?: string;
  /** Whether a new account must confirm its address before it may sign in. Default: no, as nobody reads the mails of a demo. */
  confirmEmails?: boolean;
  /** Accounts of other sites that people may sign in with. */
  social?: Partial<Record<'github' | 'google', SocialApp>>;
};

/** An OAuth app registered at GitHub or Google. */
export type SocialApp = {
  clientId: string;
  secret: string;
  /** Another GitHub: a GitHub Enterprise server, or a stand-in. */
  url?: string;
};

/** What it tells its parent when it is ready. */
export type SupabaseReady = { port: number };
