import { Refusal } from './frame.ts';
import type { Container, Headers } from './swift-rows.ts';
import { bytesUsed } from './swift-rows.ts';

/** Refuses quotas that are no numbers. */
export function checkQuotaHeaders(headers: Headers): void {
  for (const what of ['bytes', 'count']) {
    const value = headers[`x-container-meta-quota-${what}`] ?? '';
    if (value !== '' && !/^\d+$/.test(value)) throw new Refusal(400, `Invalid ${what} quota.`, 'plain');
  }
}

/**
 * Refuses a new object that would not fit. As the real one, it takes a replaced object for one more, and an upload of
 * unknown length for one of no bytes. The real one counts with numbers up to a minute old and may let a few more through.
 */
export function checkQuota(container: Container, length: number | undefined): void {
  const bytes = container.headers['x-container-meta-quota-bytes'];
  const count = container.headers['x-container-meta-quota-count'];
  const full =
    (bytes !== undefined && bytesUsed(container) + (length ?? 0) > Number(bytes)) ||
    (count !== undefined && container.objects.size + 1 > Number(count));
  if (full) throw new Refusal(413, 'Upload exceeds quota.', 'plain');
}
