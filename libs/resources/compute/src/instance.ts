import { equalJson, isJsonObject, traceOf, type JsonObject } from '@osm/kernel';
import { defineResource, impossible, lost, mapped, pick, type Request } from '@osm/resource';
import { project } from '@osm/resources/identity';
import { image } from '@osm/resources/image';
import { bootsFromImage, disksAsked } from './disks.ts';
import { flavor } from './flavor.ts';
import { refuse } from './instance-refusals.ts';
import { hostname, InstanceSource, taskState, userData, zone, type Instance } from './instance-source.ts';
import { withSurroundings } from './instance-surroundings.ts';
import { tracedTags } from './traced-tags.ts';
import { keypair } from './keypair.ts';
import { giveKeyBack, lendKey } from './lend-key.ts';
import { networksAsked } from './nics.ts';
import { settle } from './power.ts';
import { exportRoot, tidyRoot, transferRoot } from './root-disk.ts';
import { serverGroup } from './server-group.ts';
import { rootGib, takeServer } from './server-moment.ts';

/** The lowest that takes a host name is the one to write with; all that is older than it is in it. */
const api = {
  service: 'compute',
  path: '/servers',
  listPath: '/servers/detail',
  one: 'server',
  many: 'servers',
  everything: { all_tenants: '1' },
  update: 'PUT',
  microversion: { read: 'newest', write: '2.90' },
  /** What stands in the create request beside the server, not in it. */
  beside: ['os:scheduler_hints'],
} as const;

/** A Nova server. What it stands on, its ports and volumes among it, is there before it boots. */
export const instance = defineResource({
  type: 'instance',
  summary:
    'A server with its disks, network cards in order, user data and power state. A running original and its twin run side by side until one of them is stopped: stop the original first where that would hurt.',
  dataPath:
    'A root disk on its host: snapshot (createImage; of a running server as if the power had failed) → image at the destination, which stays, hidden, so that the twin can be rebuilt. Volumes go their own way.',
  api,
  source: InstanceSource,
  projectId: (s) => s.tenant_id,
  filters: ['project_id', 'status', 'name', 'flavor_id', 'user_id'],
  // Nova takes owner and user from the token alone.
  actsInProject: true,
  enrich: withSurroundings,

  needs: {
    project: { of: project, id: (s) => s.tenant_id, owner: true },
    flavor: { of: flavor, id: (s) => s.flavor_id },
    // It is its owner's. A user with its own credential knows its keys by their names alone.
    keypair: {
      of: keypair,
      id: (s) => (s.has_key ? `${s.user_id}/${String(s.key_name)}` : null),
      when: (policy) => policy.multitenant_mode,
    },
    own_keypair: {
      of: keypair,
      id: (s) => (s.has_key ? s.key_name : null),
      when: (policy) => !policy.multitenant_mode,
    },
    ports: { of: { type: 'port' }, ids: (s) => s.interfaces.map(({ port_id }) => port_id), cleanUp: true },
    volumes: {
      of: { type: 'volume' },
      ids: (s) => volumesOf(s).filter((id) => !s.shared_volumes.includes(id)),
      cleanUp: true,
    },
    // Other servers may still use them when this one is gone. Of two that want one at the same moment Nova refuses one, and
    // leaves that one's other volumes reserved for ever.
    shared_volumes: { of: { type: 'volume' }, ids: (s) => s.shared_volumes, oneByOne: true },
    groups: { of: serverGroup, ids: (s) => s.server_groups },
    image: { of: image, id: (s) => (s.image === '' ? null : s.image.id), optional: true },
  },

  staging: (s) => ({ gib: bootsFromImage(s) ? rootGib(s) : 0, together: [s.id, ...volumesOf(s)] }),

  caution: ({ status }) =>
    status === 'ACTIVE'
      ? {
          code: 'runs-at-both-ends',
          one: 'is running: once its twin has booted, both run, with the same addresses',
          many: 'are running: once their twins have booted, both run, with the same addresses',
          remedy:
            'Stop them at the source first, and they arrive stopped; or make sure that no wire joins the networks of both clouds.',
        }
      : undefined,

  create: (s, to, { outputs, policy }) => {
    refuse(s);
    const imageId = outputs['transfer']?.['imageId'];
    const rootImage = typeof imageId === 'string' ? imageId : undefined;
    return {
      ...pick(s, 'name', 'description', 'metadata', 'OS-DCF:diskConfig'),
      hostname: isPlain(s[hostname]) ? s[hostname] : undefined,
      tags: tracedTags(s),
      flavorRef: to.flavor,
      imageRef: bootsFromImage(s) ? rootImage : undefined,
      block_device_mapping_v2: disksAsked(s, rootImage, to.volumes),
      networks: networksAsked(s.interfaces, to.ports),
      key_name: s.has_key ? s.key_name : undefined,
      user_data: s[userData] ?? undefined,
      // It is text: empty means no.
      config_drive: s.config_drive === 'True' ? true : undefined,
      accessIPv4: s.accessIPv4 === '' ? undefined : s.accessIPv4,
      accessIPv6: s.accessIPv6 === '' ? undefined : s.accessIPv6,
      availability_zone: policy.preserve_instance_availability_zone ? (s[zone] ?? undefined) : undefined,
      'os:scheduler_hints': s.server_groups[0] === undefined ? undefined : { group: to.groups(s.server_groups[0]) },
    };
  },

  adopt: {
    // The token is one of the owner's project: there are no others to be seen with it.
    traces: (s) => ({
      query: { tags: traceOf({ type: 'instance', id: s.id }) },
      matches: ({ tags }) => Array.isArray(tags) && tags.includes(traceOf({ type: 'instance', id: s.id })),
    }),
  },

  ready: ({ status, fault }) => {
    if (status === 'ACTIVE' || status === 'SHUTOFF') return 'ready';
    if (status !== 'ERROR') return 'pending';
    return { failed: `it is ERROR: ${isJsonObject(fault) ? String(fault['message']) : 'Nova does not say why'}` };
  },

  finish: (s, _to, twin) => [setTags(twin.id, s.tags)],

  expect: (s, to, { outputs }) => ({
    tenant_id: to.project,
    image: s.image === '' ? '' : { id: outputs['transfer']?.['imageId'] ?? null },
    tags: s.tags,
    config_drive: s.config_drive,
    flavor_id: to.flavor,
    interfaces: s.interfaces.map(({ port_id, tag }) => ({ port_id: to.ports(port_id), tag })),
    attachments: s.attachments.map((one) => ({ ...one, volume_id: to.volumes(one.volume_id) })),
    shared_volumes: s.shared_volumes.map((id) => to.shared_volumes(id)),
    server_groups: s.server_groups.map((id) => to.groups(id)),
    locked_reason: s.locked_reason,
  }),
  same: { image: sameImage, interfaces: equalJson, attachments: sameAttachments },

  steps: [takeServer, exportRoot, transferRoot, lendKey, 'create', settle, giveKeyBack, tidyRoot],

  remove: (s) => [
    // A tenant cannot change what it has locked.
    ...(s.locked ? [act(s.id, { unlock: null })] : []),
    // Its volumes have originals of their own, which are removed only when their twins are seen to be well.
    ...s.attachments.filter((one) => one.delete_on_termination).map((one) => keepVolume(s.id, one.volume_id)),
  ],

  drop: {
    id: impossible('each cloud gives its own ids; a guest sees it as its new serial number'),
    user_id: impossible('Nova takes the user from the token; the migrating user has booted it'),
    status: mapped('a stopped instance arrives stopped, any other one running'),
    flavor: mapped('the twin of its flavor'),
    [userData]: mapped('sent as it is, and recorded as a digest'),
    addresses: mapped('its ports have its addresses'),
    security_groups: mapped('its ports are in them'),
    'os-extended-volumes:volumes_attached': mapped('see attachments'),
    'OS-EXT-SRV-ATTR:root_device_name': impossible('the destination’s Nova names the disks'),
    'OS-EXT-SRV-ATTR:kernel_id': mapped('a property of the image of its root disk'),
    'OS-EXT-SRV-ATTR:ramdisk_id': mapped('a property of the image of its root disk'),
    trusted_image_certificates: lost(
      'they name certificates of the source’s key manager, and a copied root disk is not signed',
    ),
    scheduler_hints: mapped('its server group is carried; other hints name hosts and cells of the source'),
    pinned_availability_zone: mapped('see OS-EXT-AZ:availability_zone'),
    fault: impossible('what went wrong at the source'),
    created: impossible('the day of its creation at the destination'),
    updated: impossible('the day of its last change at the destination'),
    links: impossible('links within the cloud'),
    progress: impossible('the state of the moment'),
    [taskState]: impossible('the state of the moment'),
    'OS-EXT-STS:vm_state': impossible('the state of the moment'),
    'OS-EXT-STS:power_state': impossible('the state of the moment'),
    'OS-SRV-USG:launched_at': impossible('the day of its boot at the destination'),
    'OS-SRV-USG:terminated_at': impossible('the state of the moment'),
    hostId: impossible('each cloud places its servers itself'),
    host_status: impossible('the state of the moment'),
    'OS-EXT-SRV-ATTR:host': impossible('each cloud places its servers itself'),
    'OS-EXT-SRV-ATTR:hypervisor_hostname': impossible('each cloud places its servers itself'),
    'OS-EXT-SRV-ATTR:instance_name': impossible('the hypervisor’s name for it'),
    'OS-EXT-SRV-ATTR:reservation_id': impossible('each request has its own'),
    'OS-EXT-SRV-ATTR:launch_index': impossible('each server is asked for by itself'),
  },
  dropWhen: (s, policy) => ({
    ...(policy.preserve_instance_availability_zone
      ? {}
      : { [zone]: lost('policy: preserve_instance_availability_zone is off') }),
    ...(s.key_name === null || s.has_key
      ? {}
      : { key_name: lost('its owner has deleted the keypair; the key is still on the disk') }),
    has_key: mapped(s.has_key || s.key_name === null ? 'see key_name' : 'its owner has deleted the keypair'),
    ...(isPlain(s[hostname]) || s[hostname] == null
      ? {}
      : { [hostname]: mapped('Nova makes it of the name, as it did at the source') }),
    ...(s.flavor.ephemeral > 0 || s.flavor.swap > 0
      ? {
          flavor: impossible(
            'the twin of its flavor; what is on its ephemeral and swap disks is in no API, and arrives empty',
          ),
        }
      : {}),
  }),
  secret: [userData],
  // Its vm_state and what is being done to it are not among them: they decide whether it can be moved. (The status, which
  // follows from both, never counts as a change.)
  volatile: [
    ...['updated', 'links', 'progress', 'hostId', 'host_status', 'addresses', 'security_groups'],
    ...['OS-EXT-STS:power_state', 'OS-SRV-USG:launched_at', 'OS-EXT-SRV-ATTR:host'],
    'OS-EXT-SRV-ATTR:hypervisor_hostname',
  ],
});

const volumesOf = (s: Instance): readonly string[] => s.attachments.map(({ volume_id }) => volume_id);

/** A host name as the create request takes it; Nova shows others, which it has made of names. */
const isPlain = (name: string | null | undefined): name is string =>
  typeof name === 'string' && name.length <= 63 && /^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/.test(name);

/** All tags at once, so that the trace goes and no other does. */
const setTags = (id: string, tags: readonly string[]): Request => ({
  method: 'PUT',
  path: `/servers/${id}/tags`,
  body: { tags },
  microversion: '2.26',
});

const act = (id: string, body: JsonObject): Request => ({
  method: 'POST',
  path: `/servers/${id}/action`,
  body,
  repeatable: true,
  accept: [404],
});

const keepVolume = (id: string, volumeId: string): Request => ({
  method: 'PUT',
  path: `/servers/${id}/os-volume_attachments/${volumeId}`,
  body: { volumeAttachment: { volumeId, delete_on_termination: false } },
  microversion: '2.85',
  accept: [404],
});

function sameImage(expected: unknown, actual: unknown): boolean {
  return isJsonObject(expected) && isJsonObject(actual) ? expected['id'] === actual['id'] : expected === actual;
}

/** In the same order; the names of the devices are the hypervisor's. */
function sameAttachments(expected: unknown, actual: unknown): boolean {
  return equalJson(withoutDevices(expected), withoutDevices(actual));
}

const withoutDevices = (list: unknown): unknown =>
  Array.isArray(list)
    ? list.map((one: unknown) =>
        isJsonObject(one) ? Object.fromEntries(Object.entries(one).filter(([name]) => name !== 'device')) : one,
      )
    : list;
