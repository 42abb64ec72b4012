import type { Call, JsonObject } from './frame.ts';
import { isoSeconds } from './frame.ts';
import type { Port } from './neutron-rows.ts';
import { floatingIps, securityGroups } from './neutron-rows.ts';
import { linksOf } from './nova-page.ts';
import { networkOf, portsOf } from './nova-server-networks.ts';
import type { Server } from './nova-server-rows.ts';
import { hostIdOf, novaTime, powerOf, serverGroups, statusOf } from './nova-server-rows.ts';

/** A server as the lists without details show it. */
export function serverSummary(call: Call, server: Server): JsonObject {
  return { id: server.id, name: server.name, links: linksOf(call, 'servers', server.id) };
}

/** Where a server is shown: only `show` and `update` name its groups, and `update` shows little before 2.75. */
export type Showing = 'show' | 'detail' | 'update';

/** A server as the microversion and the caller's role show it. */
export function serverView(call: Call, server: Server, showing: Showing): JsonObject {
  const isWhole = showing !== 'update' || call.atLeast('2.75');
  return {
    ...coreOf(call, server, isWhole),
    ...placeOf(call, server, isWhole),
    ...(isWhole ? stateOf(call, server) : {}),
    ...(isWhole && call.context.isAdmin ? adminView(call, server) : {}),
    ...byMicroversion(call, server),
    ...(showing !== 'detail' && call.atLeast('2.71') ? { server_groups: groupsOf(call, server) } : {}),
  };
}

function coreOf(call: Call, server: Server, isWhole: boolean): JsonObject {
  const status = statusOf(server);
  const body: JsonObject = {
    id: server.id,
    name: server.name,
    status,
    tenant_id: server.projectId,
    user_id: server.userId,
    metadata: { ...server.metadata },
    hostId: hostIdOf(server),
    image: imageView(call, server),
    flavor: flavorView(call, server),
    created: isoSeconds(server.createdAt),
    updated: isoSeconds(server.updatedAt),
    addresses: addressesOf(call, server, isWhole),
    accessIPv4: server.accessIpV4,
    accessIPv6: server.accessIpV6,
    links: linksOf(call, 'servers', server.id),
    'OS-DCF:diskConfig': server.diskConfig,
  };
  if (server.fault !== undefined && status === 'ERROR') {
    const { message, at } = server.fault;
    body.fault = { code: 500, created: isoSeconds(at), message, ...(call.context.isAdmin ? { details: message } : {}) };
  }
  if (status === 'ACTIVE' || status === 'BUILD') body.progress = 0;
  return body;
}

function imageView(call: Call, server: Server): JsonObject | string {
  if (server.imageId === '') return '';
  const href = `${call.baseUrl}/images/${server.imageId}`;
  const view: JsonObject = { id: server.imageId, links: [{ rel: 'bookmark', href }] };
  if (!call.atLeast('2.98')) return view;
  const {
    owner_user_name: _user,
    owner_project_name: _project,
    boot_roles: _roles,
    ...properties
  } = server.imageProperties;
  return { ...view, properties };
}

function flavorView(call: Call, { flavor }: Server): JsonObject {
  if (!call.atLeast('2.47')) {
    return { id: flavor.id, links: [{ rel: 'bookmark', href: `${call.baseUrl}/flavors/${flavor.id}` }] };
  }
  const { name, ram, vcpus, disk, ephemeral, swap, extraSpecs } = flavor;
  return { vcpus, ram, disk, ephemeral, swap, original_name: name, extra_specs: { ...extraSpecs } };
}

/** Addresses by the name of the network, in the order of the cards; none while the server is built. */
function addressesOf(call: Call, server: Server, isWhole: boolean): JsonObject {
  const byNetwork: Record<string, JsonObject[]> = {};
  if (server.vmState === 'building') return byNetwork;
  for (const port of portsOf(call.cloud, server)) {
    const name = networkOf(call.cloud, port)?.name ?? '';
    const here = (byNetwork[name] ??= []);
    for (const [addr, type] of addressesOfPort(call, port)) {
      const extended = { 'OS-EXT-IPS:type': type, 'OS-EXT-IPS-MAC:mac_addr': port.mac_address };
      here.push({ version: addr.includes(':') ? 6 : 4, addr, ...(isWhole ? extended : {}) });
    }
  }
  return byNetwork;
}

function addressesOfPort(call: Call, port: Port): (readonly [address: string, type: string])[] {
  const floating = [...floatingIps(call.cloud).values()].filter((each) => each.port_id === port.id);
  return port.fixed_ips.flatMap(({ ip_address: address }) => [
    [address, 'fixed'] as const,
    ...floating
      .filter((each) => each.fixed_ip_address === address)
      .map((each) => [each.floating_ip_address, 'floating'] as const),
  ]);
}

function placeOf(call: Call, server: Server, isWhole: boolean): JsonObject {
  const body: JsonObject = {};
  if (isWhole) body['OS-EXT-AZ:availability_zone'] = zoneOf(server);
  if (isWhole && call.atLeast('2.96')) body.pinned_availability_zone = server.requestedZone;
  if (call.atLeast('2.100')) body.scheduler_hints = { ...server.hints };
  return body;
}

function zoneOf(server: Server): string {
  if (server.host !== null) return 'nova';
  return server.vmState === 'building' ? (server.requestedZone ?? '') : '';
}

function stateOf(call: Call, server: Server): JsonObject {
  const groups = groupNames(call, server);
  return {
    config_drive: server.configDrive ? 'True' : '',
    key_name: server.keyName,
    'OS-SRV-USG:launched_at': novaTime(server.launchedAt),
    'OS-SRV-USG:terminated_at': novaTime(server.terminatedAt),
    // Missing where there are none, one entry for each group of each port where there are.
    ...(groups.length === 0 ? {} : { security_groups: groups }),
    'OS-EXT-STS:task_state': server.taskState,
    'OS-EXT-STS:vm_state': server.vmState,
    'OS-EXT-STS:power_state': powerOf(server),
    'os-extended-volumes:volumes_attached': server.devices
      .filter(({ volumeId }) => volumeId !== null && server.taskState !== 'scheduling')
      .map(({ volumeId, deleteOnTermination }) =>
        call.atLeast('2.3') ? { id: volumeId, delete_on_termination: deleteOnTermination } : { id: volumeId },
      ),
  };
}

function groupNames(call: Call, server: Server): JsonObject[] {
  return portsOf(call.cloud, server).flatMap((port) =>
    port.security_groups.map((id) => ({ name: securityGroups(call.cloud).get(id)?.name ?? id })),
  );
}

function adminView(call: Call, server: Server): JsonObject {
  const [PREFIX, isScheduled] = ['OS-EXT-SRV-ATTR', server.host !== null || server.launchedAt !== null];
  const body: JsonObject = {
    [`${PREFIX}:host`]: server.host,
    [`${PREFIX}:instance_name`]: isScheduled ? `instance-${server.row.toString(16).padStart(8, '0')}` : '',
    [`${PREFIX}:hypervisor_hostname`]: server.host,
  };
  if (call.atLeast('2.16')) body.host_status = server.host === null ? '' : 'UP';
  if (!call.atLeast('2.3')) return body;
  return {
    ...body,
    [`${PREFIX}:reservation_id`]: server.reservationId,
    [`${PREFIX}:launch_index`]: server.launchIndex,
    [`${PREFIX}:hostname`]: server.hostname,
    [`${PREFIX}:kernel_id`]: server.imageProperties.kernel_id ?? '',
    [`${PREFIX}:ramdisk_id`]: server.imageProperties.ramdisk_id ?? '',
    [`${PREFIX}:root_device_name`]: server.devices.find(({ bootIndex }) => bootIndex === 0)?.name ?? null,
    [`${PREFIX}:user_data`]: server.userData,
  };
}

function byMicroversion(call: Call, server: Server): JsonObject {
  const body: JsonObject = {};
  if (call.atLeast('2.9')) body.locked = server.lockedBy !== undefined;
  if (call.atLeast('2.73')) body.locked_reason = server.lockedReason;
  if (call.atLeast('2.19')) body.description = server.description;
  if (call.atLeast('2.26')) body.tags = [...server.tags];
  if (call.atLeast('2.63'))
    body.trusted_image_certificates = server.certificates === null ? null : [...server.certificates];
  if (call.atLeast('2.90')) body['OS-EXT-SRV-ATTR:hostname'] = server.hostname;
  return body;
}

function groupsOf(call: Call, server: Server): string[] {
  return [...serverGroups(call.cloud).values()]
    .filter((group) => group.members.includes(server.id))
    .map(({ id }) => id);
}
