import type { HandlerOf } from '#shared/http/request';
import type { FilesContract } from '../contract';
import { purposeRules, purposes } from '../domain/purposes';
import { getQuota } from '../use-cases/get-quota';

export const handleGetQuota =
  (deps: Parameters<typeof getQuota>[0]): HandlerOf<FilesContract['getQuota']> =>
  async ({ identity }) => {
    const { files, bytes } = await getQuota(deps, identity.userId);
    const rules = purposes.map((purpose) => {
      const { maxBytes, types } = purposeRules[purpose];
      return { purpose, max_bytes: maxBytes, types: [...types] };
    });
    return { body: { success: true, files, bytes, purposes: rules } };
  };
