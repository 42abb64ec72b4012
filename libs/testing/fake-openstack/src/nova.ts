import { faultBody } from './cinder-nova-validation.ts';
import type { Call, FakeCloudOptions, JsonObject, Reply, Route, Service } from './frame.ts';
import { createServer } from './nova-create-server.ts';
import * as flavors from './nova-flavors.ts';
import { createKeypair, deleteKeypair, listKeypairs, showKeypair } from './nova-keypairs.ts';
import {
  createAttachment,
  deleteAttachment,
  listAttachments,
  showAttachment,
  updateAttachment,
} from './nova-attachments.ts';
import { listInterfaces, showInterface } from './nova-interfaces.ts';
import { deleteNovaQuota, showNovaLimits, showNovaQuota, updateNovaQuota } from './nova-quotas.ts';
import { actOnServer, deleteServer, updateServer } from './nova-server-actions.ts';
import { createServerGroup, deleteServerGroup, listServerGroups, showServerGroup } from './nova-server-groups.ts';
import { listServers } from './nova-server-list.ts';
import { serverMetadata, serverMetadataKey, serverTag, serverTags } from './nova-server-metadata.ts';
import { serverOf } from './nova-server-rows.ts';
import { serverView } from './nova-server-view.ts';

/** Nova: servers and their groups, flavors, keypairs and quotas, microversions up to the release's newest. */
export function computeService(options: FakeCloudOptions): Service {
  const max = options.release === 'zed' ? '2.93' : '2.100';
  return {
    prefix: 'compute',
    type: 'compute',
    name: 'nova',
    endpointPath: '/v2.1',
    microversions: { word: 'compute', min: '2.1', max, legacyHeader: 'X-OpenStack-Nova-API-Version' },
    routes: [...versionRoutes(max), ...routes],
    refusal: faultBody,
  };
}

const routes: readonly Route[] = [
  route('GET', 'flavors', (call) => flavors.listFlavors(call, false)),
  route('POST', 'flavors', flavors.createFlavor),
  route('GET', 'flavors/detail', (call) => flavors.listFlavors(call, true)),
  route('GET', 'flavors/:id', flavors.showFlavor),
  route('PUT', 'flavors/:id', flavors.updateFlavor),
  route('DELETE', 'flavors/:id', flavors.deleteFlavor),
  route('POST', 'flavors/:id/action', flavors.actOnFlavor),
  route('GET', 'flavors/:id/os-flavor-access', flavors.listFlavorAccess),
  route('GET', 'flavors/:id/os-extra_specs', flavors.listExtraSpecs),
  route('POST', 'flavors/:id/os-extra_specs', flavors.createExtraSpecs),
  route('GET', 'flavors/:id/os-extra_specs/:key', flavors.showExtraSpec),
  route('PUT', 'flavors/:id/os-extra_specs/:key', flavors.updateExtraSpec),
  route('DELETE', 'flavors/:id/os-extra_specs/:key', flavors.deleteExtraSpec),
  route('GET', 'os-keypairs', listKeypairs),
  route('POST', 'os-keypairs', createKeypair),
  route('GET', 'os-keypairs/:name', showKeypair),
  route('DELETE', 'os-keypairs/:name', deleteKeypair),
  route('GET', 'os-quota-sets/:id', (call) => showNovaQuota(call, 'show')),
  route('GET', 'os-quota-sets/:id/detail', (call) => showNovaQuota(call, 'detail')),
  route('GET', 'os-quota-sets/:id/defaults', (call) => showNovaQuota(call, 'defaults')),
  route('PUT', 'os-quota-sets/:id', updateNovaQuota),
  route('DELETE', 'os-quota-sets/:id', deleteNovaQuota),
  route('GET', 'limits', showNovaLimits),
  route('GET', 'os-availability-zone', listZones),
  route('GET', 'servers', (call) => listServers(call, false)),
  route('POST', 'servers', createServer),
  route('GET', 'servers/detail', (call) => listServers(call, true)),
  route('GET', 'servers/:id', (call) => ({ status: 200, body: { server: serverView(call, serverOf(call), 'show') } })),
  route('PUT', 'servers/:id', updateServer),
  route('DELETE', 'servers/:id', deleteServer),
  route('POST', 'servers/:id/action', actOnServer),
  ...['GET', 'POST', 'PUT'].map((method) => route(method, 'servers/:id/metadata', serverMetadata)),
  ...['GET', 'PUT', 'DELETE'].map((method) => route(method, 'servers/:id/metadata/:key', serverMetadataKey)),
  ...['GET', 'PUT', 'DELETE'].map((method) => route(method, 'servers/:id/tags', serverTags)),
  ...['GET', 'PUT', 'DELETE'].map((method) => route(method, 'servers/:id/tags/:tag', serverTag)),
  route('GET', 'servers/:id/os-interface', listInterfaces),
  route('GET', 'servers/:id/os-interface/:port', showInterface),
  route('GET', 'servers/:id/os-volume_attachments', listAttachments),
  route('POST', 'servers/:id/os-volume_attachments', createAttachment),
  route('GET', 'servers/:id/os-volume_attachments/:volume', showAttachment),
  route('PUT', 'servers/:id/os-volume_attachments/:volume', updateAttachment),
  route('DELETE', 'servers/:id/os-volume_attachments/:volume', deleteAttachment),
  route('GET', 'os-server-groups', listServerGroups),
  route('POST', 'os-server-groups', createServerGroup),
  route('GET', 'os-server-groups/:id', showServerGroup),
  route('DELETE', 'os-server-groups/:id', deleteServerGroup),
];

function route(method: string, path: string, handle: (call: Call) => Reply): Route {
  return { method, path: `/v2.1/${path}`, handle };
}

function versionRoutes(max: string): readonly Route[] {
  const older = (call: Call): JsonObject => ({
    ...{ id: 'v2.0', status: 'SUPPORTED', version: '', min_version: '', updated: '2011-01-21T11:33:21Z' },
    links: [{ rel: 'self', href: `${call.baseUrl}/v2/` }],
  });
  const newest = (call: Call): JsonObject => ({
    ...{ id: 'v2.1', status: 'CURRENT', version: max, min_version: '2.1', updated: '2013-07-23T11:33:21Z' },
    links: [{ rel: 'self', href: `${call.baseUrl}/v2.1/` }],
  });
  const one = (call: Call): JsonObject => ({
    ...newest(call),
    links: [
      { rel: 'self', href: `${call.baseUrl}/v2.1/` },
      { rel: 'describedby', type: 'text/html', href: 'http://docs.openstack.org/' },
    ],
    'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.compute+json;version=2.1' }],
  });
  const all = (call: Call): JsonObject => ({ versions: [older(call), newest(call)] });
  return [
    { method: 'GET', path: '/', open: true, handle: (call) => ({ status: 200, body: all(call) }) },
    { method: 'GET', path: '/v2.1', open: true, handle: (call) => ({ status: 200, body: { version: one(call) } }) },
  ];
}

function listZones(): Reply {
  const zone: JsonObject = { zoneName: 'nova', zoneState: { available: true }, hosts: null };
  return { status: 200, body: { availabilityZoneInfo: [zone] } };
}
