import { createHash } from 'node:crypto';

/** SHA-256, hex, of a validated request: its keys come in the contract's order, so equal requests hash alike. */
export const hashRequest = (request: unknown): string =>
  createHash('sha256').update(JSON.stringify(request)).digest('hex');
