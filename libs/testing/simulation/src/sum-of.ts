import { createHash } from 'node:crypto';

/** The hash of bytes as clouds show it. */
export const sumOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
