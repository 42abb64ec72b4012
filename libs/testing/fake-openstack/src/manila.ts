import { faultBody } from './cinder-nova-validation.ts';
import type { Call, FakeCloudOptions, JsonObject, Reply, Route, Service } from './frame.ts';
import { actOnShare, deleteRuleMetadata, listAccess, ruleMetadata, showAccess, updateAccess } from './manila-access.ts';
import { catchUp } from './manila-rows.ts';
import * as shares from './manila-shares.ts';
import { createSnapshot, deleteSnapshot, listSnapshots, showSnapshot } from './manila-snapshots.ts';
import * as types from './manila-types.ts';

/** Manila: shares that are directories, their access rules and types, microversions up to the release's newest. */
export function shareService(options: FakeCloudOptions): Service {
  const max = options.release === 'zed' ? '2.73' : '2.89';
  return {
    prefix: 'share',
    type: 'sharev2',
    name: 'manilav2',
    endpointPath: '/v2',
    // Manila knows the header of its own only: no service's word is the empty one.
    microversions: { word: '', min: '2.0', max, legacyHeader: 'X-OpenStack-Manila-API-Version' },
    routes: [
      {
        method: 'GET',
        path: '/',
        open: true,
        handle: (call) => ({ status: 300, body: { versions: versions(call, max) } }),
      },
      {
        method: 'GET',
        path: '/v2',
        handle: (call) => ({ status: 200, body: { versions: versions(call, max).slice(1) } }),
      },
      ...routes,
    ],
    refusal: faultBody,
    seed: (cloud) =>
      void types.addShareType(cloud, {
        name: 'default',
        description: null,
        isPublic: true,
        extraSpecs: {
          driver_handles_share_servers: 'False',
          snapshot_support: 'True',
          create_share_from_snapshot_support: 'True',
          revert_to_snapshot_support: 'True',
        },
      }),
  };
}

const on = (method: string, path: string, handle: (call: Call) => Reply): Route => ({
  method,
  path: `/v2/${path}`,
  handle: (call) => {
    catchUp(call.cloud);
    return handle(call);
  },
});

const routes: readonly Route[] = [
  on('GET', 'shares', (call) => shares.listShares(call, false)),
  on('POST', 'shares', shares.createShare),
  on('GET', 'shares/detail', (call) => shares.listShares(call, true)),
  on('GET', 'shares/:id', shares.showShare),
  on('PUT', 'shares/:id', shares.updateShare),
  on('DELETE', 'shares/:id', shares.deleteShare),
  on('POST', 'shares/:id/action', actOnShare),
  on('GET', 'shares/:id/export_locations', shares.listExports),
  on('GET', 'shares/:id/metadata', shares.shareMetadata),
  on('POST', 'shares/:id/metadata', shares.shareMetadata),
  on('PUT', 'shares/:id/metadata', shares.shareMetadata),
  on('DELETE', 'shares/:id/metadata/:key', shares.deleteMetadataKey),
  on('GET', 'share-access-rules', listAccess),
  on('GET', 'share-access-rules/:id', showAccess),
  on('PUT', 'share-access-rules/:id', updateAccess),
  on('PUT', 'share-access-rules/:id/metadata', ruleMetadata),
  on('DELETE', 'share-access-rules/:id/metadata/:key', deleteRuleMetadata),
  on('GET', 'snapshots/detail', listSnapshots),
  on('POST', 'snapshots', createSnapshot),
  on('GET', 'snapshots/:id', showSnapshot),
  on('DELETE', 'snapshots/:id', deleteSnapshot),
  on('GET', 'types', types.listTypes),
  on('POST', 'types', types.createType),
  on('GET', 'types/:id', types.showType),
  on('DELETE', 'types/:id', types.deleteType),
  on('POST', 'types/:id/action', types.actOnType),
  on('GET', 'types/:id/share_type_access', types.listTypeAccess),
];

/** All versions at the root, below only the one. */
const versions = (call: Call, max: string): JsonObject[] => [
  version(call, { id: 'v1.0', status: 'DEPRECATED', version: '', min_version: '' }, 'v1'),
  version(call, { id: 'v2.0', status: 'CURRENT', version: max, min_version: '2.0' }, 'v2'),
];

const version = (call: Call, told: JsonObject, path: string): JsonObject => ({
  ...told,
  updated: '2015-08-27T11:33:21Z',
  links: [
    { rel: 'describedby', type: 'text/html', href: 'http://docs.openstack.org/' },
    { rel: 'self', href: `${call.baseUrl}/${path}/` },
  ],
  'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.share+json;version=1' }],
});
