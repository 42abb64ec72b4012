import { catchUp } from './cinder-jobs.ts';
import { createVolume } from './cinder-create-volume.ts';
import { faultBody } from './cinder-nova-validation.ts';
import { associateQos, createQos, deleteQos, listAssociations, listQos, showQos, updateQos } from './cinder-qos.ts';
import { deleteQuota, showDefaults, showLimits, showQuota, updateQuota } from './cinder-quotas.ts';
import { cinderTime, needAdmin } from './cinder-rows.ts';
import {
  actOnSnapshot,
  createSnapshot,
  deleteSnapshot,
  listSnapshots,
  showSnapshot,
  snapshotMetadata,
  snapshotMetadataKey,
  updateSnapshot,
} from './cinder-snapshots.ts';
import * as types from './cinder-types.ts';
import { actOnVolume } from './cinder-volume-actions.ts';
import {
  deleteVolume,
  listVolumes,
  showVolume,
  summarizeVolumes,
  updateVolume,
  volumeMetadata,
  volumeMetadataKey,
} from './cinder-volumes.ts';
import type { Call, Cloud, FakeCloudOptions, JsonObject, Reply, Route, Service } from './frame.ts';
import { Refusal } from './frame.ts';

/** Cinder: volumes with their bytes, snapshots, types and quotas, microversions up to the release's newest. */
export function volumeService(options: FakeCloudOptions): Service {
  const max = options.release === 'zed' ? '3.70' : '3.71';
  return {
    prefix: 'volume',
    type: 'volumev3',
    name: 'cinderv3',
    endpointPath: '/v3/$(project_id)s',
    microversions: { word: 'volume', min: '3.0', max },
    routes: [
      { method: 'GET', path: '/', open: true, handle: (call) => ({ status: 300, body: versions(call, max) }) },
      { method: 'GET', path: '/v3', handle: (call) => ({ status: 200, body: versions(call, max) }) },
      ...routes.flatMap(inBothForms),
    ],
    refusal: faultBody,
    seed: (cloud) => seed(cloud),
  };
}

type Handler = (call: Call) => Reply;

const routes: readonly (readonly [method: string, path: string, handle: Handler])[] = [
  ['GET', 'volumes', (call) => listVolumes(call, false)],
  ['POST', 'volumes', createVolume],
  ['GET', 'volumes/detail', (call) => listVolumes(call, true)],
  ['GET', 'volumes/summary', summarizeVolumes],
  ['GET', 'volumes/:id', showVolume],
  ['PUT', 'volumes/:id', updateVolume],
  ['DELETE', 'volumes/:id', deleteVolume],
  ['POST', 'volumes/:id/action', actOnVolume],
  ['GET', 'volumes/:id/metadata', volumeMetadata],
  ['POST', 'volumes/:id/metadata', volumeMetadata],
  ['PUT', 'volumes/:id/metadata', volumeMetadata],
  ['GET', 'volumes/:id/metadata/:key', volumeMetadataKey],
  ['PUT', 'volumes/:id/metadata/:key', volumeMetadataKey],
  ['DELETE', 'volumes/:id/metadata/:key', volumeMetadataKey],
  ['GET', 'snapshots', (call) => listSnapshots(call, false)],
  ['POST', 'snapshots', createSnapshot],
  ['GET', 'snapshots/detail', (call) => listSnapshots(call, true)],
  ['GET', 'snapshots/:id', showSnapshot],
  ['PUT', 'snapshots/:id', updateSnapshot],
  ['DELETE', 'snapshots/:id', deleteSnapshot],
  ['POST', 'snapshots/:id/action', actOnSnapshot],
  ['GET', 'snapshots/:id/metadata', snapshotMetadata],
  ['POST', 'snapshots/:id/metadata', snapshotMetadata],
  ['PUT', 'snapshots/:id/metadata', snapshotMetadata],
  ['GET', 'snapshots/:id/metadata/:key', snapshotMetadataKey],
  ['DELETE', 'snapshots/:id/metadata/:key', snapshotMetadataKey],
  ['GET', 'types', types.listTypes],
  ['POST', 'types', types.createType],
  ['GET', 'types/:id', types.showType],
  ['PUT', 'types/:id', types.updateType],
  ['DELETE', 'types/:id', types.deleteType],
  ['POST', 'types/:id/action', types.actOnType],
  ['GET', 'types/:id/extra_specs', types.listSpecs],
  ['POST', 'types/:id/extra_specs', types.createSpecs],
  ['GET', 'types/:id/extra_specs/:key', types.showSpec],
  ['PUT', 'types/:id/extra_specs/:key', types.updateSpec],
  ['DELETE', 'types/:id/extra_specs/:key', types.deleteSpec],
  ['GET', 'types/:id/os-volume-type-access', types.listAccess],
  ['GET', 'types/:id/encryption', types.showEncryption],
  ['POST', 'types/:id/encryption', types.createEncryption],
  ['GET', 'types/:id/encryption/:key', types.showEncryptionKey],
  ['PUT', 'types/:id/encryption/:key', types.updateEncryption],
  ['DELETE', 'types/:id/encryption/:key', types.deleteEncryption],
  ['GET', 'qos-specs', listQos],
  ['POST', 'qos-specs', createQos],
  ['GET', 'qos-specs/:id', showQos],
  ['PUT', 'qos-specs/:id', updateQos],
  ['DELETE', 'qos-specs/:id', deleteQos],
  ['GET', 'qos-specs/:id/associations', listAssociations],
  ['GET', 'qos-specs/:id/associate', (call) => associateQos(call, true)],
  ['GET', 'qos-specs/:id/disassociate', (call) => associateQos(call, false)],
  ['GET', 'os-quota-sets/:id', showQuota],
  ['PUT', 'os-quota-sets/:id', updateQuota],
  ['DELETE', 'os-quota-sets/:id', deleteQuota],
  ['GET', 'os-quota-sets/:id/defaults', showDefaults],
  ['GET', 'limits', showLimits],
  ['GET', 'os-services', listServices],
  ['GET', 'os-availability-zone', listZones],
  ['GET', 'scheduler-stats/get_pools', listPools],
  ['GET', 'extensions', () => ({ status: 200, body: { extensions: [] } })],
];

/** Every path with the project in it, and, since 3.67, without. */
function inBothForms([method, path, handle]: readonly [string, string, Handler]): readonly Route[] {
  const guarded: Handler = (call) => {
    catchUp(call.cloud);
    const { project } = call.params;
    if (project !== undefined && project !== call.context.projectId) throw new Refusal(400, 'Malformed request url');
    return handle(call);
  };
  return [
    { method, path: `/v3/:project/${path}`, handle: guarded },
    { method, path: `/v3/${path}`, handle: guarded },
  ];
}

function seed(cloud: Cloud): void {
  types.addVolumeType(cloud, {
    name: '__DEFAULT__',
    description: 'Default Volume Type',
    isPublic: true,
    extraSpecs: {},
  });
  for (const name of [...cloud.options.volumeTypes].reverse()) {
    const description = `backend ${name}`;
    types.addVolumeType(cloud, { name, description, isPublic: true, extraSpecs: { volume_backend_name: name } });
  }
}

function versions(call: Call, max: string): JsonObject {
  const version: JsonObject = {
    id: 'v3.0',
    status: 'CURRENT',
    version: max,
    min_version: '3.0',
    updated: '2023-08-31T00:00:00Z',
    links: [
      { rel: 'describedby', type: 'text/html', href: 'https://docs.openstack.org/' },
      { rel: 'self', href: `${call.baseUrl}/v3/` },
    ],
    'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.volume+json;version=3' }],
  };
  return { versions: [version] };
}

function backendsOf(cloud: Cloud): readonly string[] {
  return cloud.options.volumeTypes.length === 0 ? ['lvm'] : cloud.options.volumeTypes;
}

function listServices(call: Call): Reply {
  needAdmin(call, 'volume_extension:services:index');
  const { name } = call.cloud.options;
  const service = (binary: string, host: string): JsonObject => ({
    ...{ binary, host, zone: 'nova', status: 'enabled', state: 'up', updated_at: cinderTime(call.cloud.now()) },
    ...(call.atLeast('3.7') ? { cluster: null } : {}),
    disabled_reason: null,
  });
  const backends = backendsOf(call.cloud).map((backend): JsonObject => ({
    ...service('cinder-volume', `${name}@${backend}`),
    ...(call.atLeast('3.49') ? { backend_state: 'up' } : {}),
    ...{ replication_status: 'disabled', active_backend_id: null, frozen: false },
  }));
  const services: JsonObject[] = [service('cinder-scheduler', name), ...backends];
  const { query } = call;
  const kept = services.filter(
    (row) =>
      (!query.has('binary') || query.get('binary') === row.binary) &&
      (!query.has('host') || query.get('host') === row.host),
  );
  return { status: 200, body: { services: kept } };
}

function listZones(): Reply {
  return { status: 200, body: { availabilityZoneInfo: [{ zoneName: 'nova', zoneState: { available: true } }] } };
}

function listPools(call: Call): Reply {
  needAdmin(call, 'scheduler_extension:scheduler_stats:get_pools');
  const detail = /^(true|1|yes|on|t|y)$/i.test(call.query.get('detail') ?? '');
  const pools = backendsOf(call.cloud).map((backend) => {
    const name = `${call.cloud.options.name}@${backend}#${backend}`;
    if (!detail) return { name };
    const capabilities = {
      ...{ pool_name: backend, total_capacity_gb: 2000, free_capacity_gb: 1000, reserved_percentage: 0 },
      ...{ QoS_support: true, multiattach: true, thin_provisioning_support: true, backend_state: 'up' },
      ...{ volume_backend_name: backend, storage_protocol: 'local', vendor_name: 'fake', driver_version: '1.0.0' },
    };
    return { name, capabilities };
  });
  return { status: 200, body: { pools } };
}
