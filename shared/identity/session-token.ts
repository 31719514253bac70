import { createHash, createHmac, randomBytes } from 'node:crypto';

/** So that people, log filters and secret scanners recognise one. */
const PREFIX = 'tdm_';

/** 256 random bits: not to be guessed, so a fast hash is enough to store it. */
const RANDOM_BYTES = 32;

const TOKEN = /^tdm_[A-Za-z0-9_-]{43}$/;

/** Makes a new opaque session token: `tdm_` and 32 random bytes, base64url. It is shown once and never stored. */
export const makeSessionToken = (): string => PREFIX + randomBytes(RANDOM_BYTES).toString('base64url');

/** Whether a text has the form of one of our session tokens; a Supabase access token never has. */
export const isSessionToken = (text: string): boolean => TOKEN.test(text);

/** What is stored of a session token: its SHA-256, 32 bytes. */
export const hashSessionToken = (token: string): Buffer => createHash('sha256').update(token).digest();

/** What goes into a successor beside the token it replaces: 32 random bytes. */
export const makeRotationNonce = (): Buffer => randomBytes(RANDOM_BYTES);

/**
 * The token that replaces another. Made from it and a stored nonce, so that all who refresh with one token get the same
 * successor though only hashes are kept: neither the token alone nor the database alone gives it.
 */
export const successorOf = (token: string, nonce: Buffer): string =>
  PREFIX + createHmac('sha256', token).update('tandem next 1').update(nonce).digest('base64url');

/**
 * The CSRF token that belongs to a secret in a cookie. Derived, so it needs no storage, changes with the secret and tells
 * nothing about it.
 */
export const csrfTokenOf = (secret: string): string =>
  createHmac('sha256', secret).update('tandem csrf 1').digest('base64url');
