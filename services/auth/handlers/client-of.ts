import { isIP } from 'node:net';
import type { IncomingRequest } from '#shared/http/request';
import type { Client } from '../use-cases/start-session';

const MAX_USER_AGENT = 512;

/** Where a request came from: the browser's own words, cut to fit, and the address as the gateway saw it. */
export const clientOf = ({ headers, sourceIp }: Pick<IncomingRequest, 'headers' | 'sourceIp'>): Client => {
  const userAgent = (headers['user-agent'] ?? '')
    .replace(/\p{Cc}/gu, ' ')
    .toWellFormed()
    .slice(0, MAX_USER_AGENT);
  return {
    userAgent: userAgent === '' ? null : userAgent.toWellFormed(),
    address: isIP(sourceIp) === 0 ? null : sourceIp,
  };
};
