import { createHash, randomBytes } from 'node:crypto';

/** A new token for the admin API: `osm_` and 256 bits of chance. Whoever makes it shows it once and keeps its hash alone. */
export const newAccessToken = (): string => `osm_${randomBytes(32).toString('base64url')}`;

/** What is kept of a token: SHA-256, in hex. No salt and no rounds: nobody guesses 256 bits. */
export const accessTokenHash = (token: string): string => createHash('sha256').update(token).digest('hex');
