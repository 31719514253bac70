import type { HandlerOf } from '#shared/http/request';
import type { Now } from '#shared/kernel/ids';
import type { authContract } from '../contract';
import { exportAccount } from '../use-cases/export-account';

export const handleExportAccount =
  (
    deps: Parameters<typeof exportAccount>[0] & { readonly now: Now },
  ): HandlerOf<typeof authContract.exportAccount> =>
  async ({ identity, query }) => {
    const found = await exportAccount(deps, identity.userId, query.cursor ?? null);
    return {
      body: { success: true, exported_at: new Date(deps.now()).toISOString(), ...found },
      headers: { 'content-disposition': 'attachment; filename="account.json"' },
    };
  };
