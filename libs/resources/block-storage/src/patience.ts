import type { Policy } from '@osm/resource';

/** MB per second below which no backend is merely slow. */
const slowest = 20;

/**
 * Seconds that a cloud may take for a copy of so many GiB that it makes by itself, where no byte can be seen moving:
 * `volume_upload_timeout`, and for every GiB what the slowest credible backend wants for it (54 s, 15 h for a TiB).
 */
export const copySeconds = (gib: number, policy: Pick<Policy, 'volume_upload_timeout'>): number =>
  policy.volume_upload_timeout + (gib * 1024 ** 3) / (slowest * 1_000_000);
