/**
 * Keys of the local stack. They are the same on every machine and open nothing but a database on
 * 127.0.0.1, like the fixed keys of the Supabase CLI.
 */
export const LOCAL_KEYS = {
  supabaseJwtSecret: 'super-secret-jwt-token-with-at-least-32-characters-long',
  supabasePublishableKey: 'sb_publishable_TandemOnThisMachineOnly_local',
  supabaseSecretKey: 'sb_secret_TandemOnThisMachineOnly_local',
  accountKey: 'hashes-accounts-and-marks-devices-on-this-machine-only',
  stripeWebhookSecret: 'whsec_TandemOnThisMachineOnly',
  changeWebhookSecret: 'whsec_c2lnbnMtY2hhbmdlcy1vbi10aGlzLW1hY2hpbmUtb25s',
  paypalWebhookId: 'WH-TANDEM-LOCAL',
} as const;

/** People who exist after the first start. */
export const LOCAL_USERS = {
  demo: { email: 'demo@tandem.test', password: 'tandem-demo-1', name: 'Demo' },
  admin: { email: 'admin@tandem.test', password: 'tandem-admin-1', name: 'Admin' },
} as const;
