import type { APIGatewayProxyResult } from 'aws-lambda';
import { errorCodes } from '#shared/errors/error-codes';
import type { Route } from '#shared/kernel/route';
import type { Trouble } from './arbitrary-attempt';

/** Codes that any route may answer with while the database is away. */
const WITHOUT_DATABASE = ['database_unavailable', 'limiter_unavailable'];

/** What never leaves the house. */
const INSIDE =
  /\b(?:select|insert|update|delete) .{0,80}\b(?:from|into|set) |postgres|node_modules|private\.|\bat \//i;

/**
 * What is wrong with an answer, or null. Bad input gets a clear error: problem+json with a code of the catalogue, never a 5xx
 * but the one that the contract declares, while something outside really failed.
 */
export const judgeAnswer = (
  route: Route,
  { statusCode, headers = {}, body }: APIGatewayProxyResult,
  trouble: Trouble | null,
): string | null => {
  if (headers['x-content-type-options'] !== 'nosniff') return 'no security headers';
  const known = [route.success.status, ...(route.success.otherStatuses ?? [])];
  if (statusCode < 400) return known.includes(statusCode as never) ? null : `undeclared status ${statusCode}`;
  if (headers['content-type'] !== 'application/problem+json') return `${statusCode} is no problem+json`;
  // The answer to HEAD has no body to look into.
  if (body === '') return statusCode < 500 || trouble !== null ? null : `${statusCode} without a body`;
  const { code, status } = JSON.parse(body) as { readonly code: string; readonly status: number };
  if (!(code in errorCodes) || status !== statusCode) return `unknown code ${code}`;
  if (INSIDE.test(body.replace(/"instance":"(?:[^"\\]|\\.)*"/, ''))) return `tells of the inside: ${body}`;
  if (statusCode < 500) return null;
  const declared = trouble === 'database' ? [...WITHOUT_DATABASE, ...route.errors] : route.errors;
  return trouble !== null && declared.includes(code) ? null : `${statusCode} ${code}`;
};
