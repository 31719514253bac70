import type { filesContract } from '../../services/files/contract';
import { owned } from './objects';
import type { Rule } from './rule';

const ownFile = { whose: 'own', absent: 'file_not_found', names: owned.file } as const;

export const filesRules: Readonly<Record<keyof typeof filesContract, Rule>> = {
  createUpload: {
    request: () => ({ body: { purpose: 'document', name: 'a.pdf', type: 'application/pdf', size: 1_000 } }),
  },
  completeUpload: { ...ownFile, request: () => ({ body: {} }) },
  listFiles: {},
  getQuota: {},
  getFile: ownFile,
  deleteFile: ownFile,
};
