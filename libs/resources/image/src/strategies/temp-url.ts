import { createHmac } from 'node:crypto';

/** Digests of Swift's signed URLs, of which a store takes some. */
export type Digest = 'sha256' | 'sha1';

/** What makes the path of an object a signed URL (Swift's TempURL) for reading, until so many seconds after 1970. Pure. */
export const tempUrl = (
  path: string,
  key: string,
  expires: number,
  digest: Digest,
): { readonly temp_url_sig: string; readonly temp_url_expires: string } => ({
  temp_url_sig: createHmac(digest, key).update(`GET\n${expires}\n${path}`).digest('hex'),
  temp_url_expires: String(expires),
});
