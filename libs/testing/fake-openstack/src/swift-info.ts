import type { Cloud, JsonObject } from './frame.ts';
import { policiesOf } from './swift-containers.ts';
import { LIMITS } from './swift-metadata.ts';

/** GET /info: what the cluster can do. */
export function infoOf(cloud: Cloud): JsonObject {
  const zed = cloud.options.release === 'zed';
  const policies = policiesOf(cloud).map((name, index) => ({
    ...{ name, aliases: name },
    ...(index === 0 ? { default: true } : {}),
  }));
  return {
    swift: {
      ...{ version: zed ? '2.30.1' : '2.35.1', strict_cors_mode: true, policies },
      ...{ allow_account_management: true, account_autocreate: true },
      ...(zed ? {} : { allow_open_expired: false }),
      ...LIMITS,
      extra_header_count: 0,
    },
    symlink: { symloop_max: 2, static_links: true },
    versioned_writes: { allowed_flags: ['x-versions-location', 'x-history-location'] },
    object_versioning: {},
    slo: {
      ...{ max_manifest_segments: 1000, max_manifest_size: 8_388_608, yield_frequency: 10, min_segment_size: 1 },
      allow_async_delete: !zed,
    },
    account_quotas: {},
    container_quotas: {},
    tempurl: {
      methods: ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'],
      incoming_remove_headers: zed ? ['x-timestamp'] : ['x-timestamp', 'x-open-expired'],
      incoming_allow_headers: [],
      outgoing_remove_headers: ['x-object-meta-*'],
      outgoing_allow_headers: ['x-object-meta-public-*'],
      allowed_digests: ['sha1', 'sha256', 'sha512'],
      deprecated_digests: ['sha1'],
    },
    bulk_upload: { max_containers_per_extraction: 10_000, max_failed_extractions: 1000 },
    bulk_delete: { max_deletes_per_request: 10_000, max_failed_deletes: 1000 },
  };
}
