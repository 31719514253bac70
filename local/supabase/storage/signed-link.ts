import { jwtVerify } from 'jose';
import { storageError } from './storage-error';

/** A link as it is redeemed: what it is for, and where. */
export interface SignedLink {
  readonly intent: 'download' | 'upload';
  readonly bucket: string;
  readonly key: string;
}

const LINK = /^\/storage\/v1\/object\/(upload\/)?sign\/([^/]+)\/(.+)$/;

/** What a path signs or redeems; null for any other path. */
export function readLink(pathname: string): SignedLink | null {
  const [, upload, bucket, key] = LINK.exec(pathname) ?? [];
  if (bucket === undefined || key === undefined) return null;
  return { intent: upload === undefined ? 'download' : 'upload', bucket, key };
}

/**
 * Why a link is not redeemed, in the words of Supabase Storage, where Lite says that it failed itself; null for one that is good
 * for exactly this.
 */
export async function refuseLink(
  link: SignedLink,
  token: string,
  jwtSecret: string,
): Promise<Response | null> {
  try {
    const secret = new TextEncoder().encode(jwtSecret);
    const { payload } = await jwtVerify(token, secret, { algorithms: ['HS256'], requiredClaims: ['exp'] });
    const isFor =
      payload.intent === link.intent && payload.bucket === link.bucket && payload.sub === link.key;
    return isFor ? null : storageError(400, 'InvalidSignature', 'Invalid signature');
  } catch (error) {
    return storageError(400, 'InvalidJWT', error instanceof Error ? error.message : 'Invalid JWT');
  }
}
