/**
 * What segments of our routes look like: words in small letters, our UUIDs, and events of the providers and ours. A list of
 * what may be told and not of what may not: codes, tokens and passwords look like anything.
 */
const TOLD = [
  /^[a-z]{1,20}(?:-[a-z]{1,20}){0,3}$/,
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  /^(?:evt|obs)_[\w-]{1,60}$/,
  /^WH-[A-Z0-9]{1,30}(?:-[A-Z0-9]{1,30}){0,2}$/,
];

const isTold = (segment: string): boolean => segment === '' || TOLD.some((form) => form.test(segment));

/** A request's path as it may be logged and answered: segments that no route of ours has are left out. */
export const maskPath = (path: string): string =>
  path
    .split('/')
    .map((segment) => (isTold(segment) ? segment : '*'))
    .join('/');
