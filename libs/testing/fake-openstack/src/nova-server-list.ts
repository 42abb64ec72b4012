import { repr } from './cinder-nova-validation.ts';
import type { Call, Reply } from './frame.ts';
import { Refusal } from './frame.ts';
import { listBody } from './nova-page.ts';
import { portsOf } from './nova-server-networks.ts';
import type { Server } from './nova-server-rows.ts';
import { powerOf, servers, statusOf } from './nova-server-rows.ts';
import { serverSummary, serverView } from './nova-server-view.ts';

/** GET /servers and /servers/detail, the newest first. */
export function listServers(call: Call, isDetailed: boolean): Reply {
  refuseQuery(call);
  const keep = filterOf(call, isDetailed);
  const rows = [...servers(call.cloud).values()].filter((server) => keep(server));
  const path = isDetailed ? 'servers/detail' : 'servers';
  const body = listBody(call, sorted(call, rows), {
    path,
    key: 'servers',
    idOf: (server) => server.id,
    view: (server) => (isDetailed ? serverView(call, server, 'detail') : serverSummary(call, server)),
    missingMarker: (id) => new Refusal(400, `marker [${id}] not found`),
  });
  return { status: 200, body };
}

/** Filters that everybody may use, by the microversion that opened them. Those of others are left out without a word. */
const OPEN: Readonly<Record<string, readonly string[]>> = {
  '2.1': ['reservation_id', 'name', 'status', 'image', 'flavor', 'ip', 'changes-since', 'all_tenants'],
  '2.5': ['ip6'],
  '2.26': ['tags', 'tags-any', 'not-tags', 'not-tags-any'],
  '2.66': ['changes-before'],
  '2.73': ['locked'],
  '2.83': [
    ...['availability_zone', 'config_drive', 'key_name', 'created_at', 'launched_at', 'terminated_at'],
    ...['power_state', 'task_state', 'vm_state', 'progress', 'user_id'],
  ],
  '2.90': ['hostname'],
};
const KNOWN = [
  ...[
    'user_id',
    'project_id',
    'tenant_id',
    'launch_index',
    'image_ref',
    'image',
    'kernel_id',
    'ramdisk_id',
    'hostname',
  ],
  ...['key_name', 'power_state', 'vm_state', 'task_state', 'host', 'node', 'flavor', 'reservation_id', 'launched_at'],
  ...['terminated_at', 'availability_zone', 'name', 'display_name', 'description', 'display_description', 'locked_by'],
  ...['uuid', 'root_device_name', 'config_drive', 'access_ip_v4', 'access_ip_v6', 'auto_disk_config', 'progress'],
  ...['sort_key', 'sort_dir', 'all_tenants', 'soft_deleted', 'deleted', 'status', 'changes-since', 'ip', 'ip6'],
  ...['created_at', 'limit', 'marker', 'tags', 'tags-any', 'not-tags', 'not-tags-any', 'changes-before', 'locked'],
];
/** Tables that a query may name, and that Nova then refuses to filter by. */
const TABLES = [
  ...[
    'block_device_mapping',
    'services',
    'metadata',
    'system_metadata',
    'info_cache',
    'security_groups',
    'pci_devices',
  ],
];
const NOT_FILTERS = ['all_tenants', 'limit', 'marker', 'sort_key', 'sort_dir', 'deleted', 'soft_deleted'];
/** Filters that are compared as they are; all others are expressions. */
const EXACT = ['project_id', 'user_id', 'image_ref', 'vm_state', 'uuid', 'host', 'task_state', 'locked'];

function refuseQuery(call: Call): void {
  for (const [key, value] of call.query) {
    if (call.atLeast('2.75') && !KNOWN.includes(key) && !TABLES.includes(key) && !key.startsWith('_')) {
      throw new Refusal(400, `${repr(key)} does not match any of the regexes: '^_'`);
    }
    if (call.context.isAdmin && TABLES.includes(key)) throw new Refusal(400, `Invalid filter field: ${key}.`);
    if (KNOWN.includes(key) && !EXACT.includes(key) && expressionOf(value) === undefined) {
      throw new Refusal(
        400,
        `Invalid input for query parameters ${key}. Value: ${value}. ${repr(value)} is not a 'regex'`,
      );
    }
  }
}

/** MariaDB's expressions take no notice of case. */
function expressionOf(text: string): RegExp | undefined {
  try {
    return new RegExp(text, 'i');
  } catch {
    return undefined;
  }
}

type Keep = (server: Server) => boolean;

function filterOf(call: Call, isDetailed: boolean): Keep {
  const asked = [...call.query].filter(
    ([key]) => !NOT_FILTERS.includes(key) && KNOWN.includes(key) && isOpen(call, key),
  );
  const all = isAllTenants(call);
  if (all && !call.context.isAdmin) {
    const policy = `os_compute_api:servers:${isDetailed ? 'detail' : 'index'}:get_all_tenants`;
    throw new Refusal(403, `Policy doesn't allow ${policy} to be performed.`);
  }
  // Without all_tenants the list is the caller's project's, whatever project is asked for.
  const keeps = asked
    .filter(([key]) => all || (key !== 'project_id' && key !== 'tenant_id'))
    .map(([key, value]) => keepOf(call, key, value));
  return (server) => (all || server.projectId === call.context.projectId) && keeps.every((keep) => keep(server));
}

function isOpen(call: Call, key: string): boolean {
  if (call.context.isAdmin) return true;
  return Object.entries(OPEN).some(([version, keys]) => call.atLeast(version) && keys.includes(key));
}

function isAllTenants(call: Call): boolean {
  const asked = call.query.get('all_tenants');
  if (asked === null) return false;
  if (asked === '' || /^(1|t|true|y|yes|on)$/i.test(asked)) return true;
  if (/^(0|f|false|n|no|off)$/i.test(asked)) return false;
  const words = "'0', '1', 'f', 'false', 'n', 'no', 'off', 'on', 't', 'true', 'y', 'yes'";
  throw new Refusal(400, `Unrecognized value '${asked}', acceptable values are: ${words}`);
}

function keepOf(call: Call, key: string, value: string): Keep {
  const tags = value.split(',');
  switch (key) {
    case 'tags':
      return (server) => tags.every((tag) => server.tags.includes(tag));
    case 'tags-any':
      return (server) => tags.some((tag) => server.tags.includes(tag));
    case 'not-tags':
      return (server) => !tags.every((tag) => server.tags.includes(tag));
    case 'not-tags-any':
      return (server) => !tags.some((tag) => server.tags.includes(tag));
    case 'status':
      return statusFilter(call, value);
    case 'ip':
    case 'ip6':
      return addressFilter(call, value);
    case 'locked':
      return (server) => (server.lockedBy !== undefined) === /^(1|t|true|y|yes|on)$/i.test(value);
    case 'changes-since':
      return (server) => server.updatedAt >= Date.parse(value);
    case 'changes-before':
      return (server) => server.updatedAt <= Date.parse(value);
    case 'flavor':
      return (server) => server.flavor.id === value;
    default:
      return columnFilter(key, value);
  }
}

const STATUSES = ['ACTIVE', 'BUILD', 'SHUTOFF', 'PAUSED', 'SUSPENDED', 'SHELVED_OFFLOADED', 'ERROR', 'DELETED'];

function statusFilter(call: Call, value: string): Keep {
  const asked = call.query.getAll('status').map((status) => status.toUpperCase());
  if (!asked.some((status) => STATUSES.includes(status)) && call.atLeast('2.38')) {
    throw new Refusal(400, 'Invalid status value');
  }
  return (server) => asked.includes(statusOf(server)) || value.toUpperCase() === statusOf(server);
}

function addressFilter(call: Call, value: string): Keep {
  const expression = expressionOf(value);
  return (server) =>
    portsOf(call.cloud, server).some((port) =>
      port.fixed_ips.some(({ ip_address: address }) => expression?.test(address) === true),
    );
}

function columnFilter(key: string, value: string): Keep {
  if (EXACT.includes(key) || key === 'image' || key === 'tenant_id') return (server) => column(server, key) === value;
  const expression = expressionOf(value);
  return (server) => {
    const text = column(server, key);
    return text !== undefined && expression?.test(text) === true;
  };
}

function column(server: Server, key: string): string | undefined {
  const columns: Record<string, string | null | undefined> = {
    uuid: server.id,
    name: server.name,
    display_name: server.name,
    description: server.description,
    display_description: server.description,
    hostname: server.hostname,
    project_id: server.projectId,
    tenant_id: server.projectId,
    user_id: server.userId,
    image: server.imageId,
    image_ref: server.imageId,
    key_name: server.keyName,
    host: server.host,
    node: server.host,
    vm_state: server.vmState,
    task_state: server.taskState,
    power_state: String(powerOf(server)),
    availability_zone: server.host === null ? server.requestedZone : 'nova',
    config_drive: server.configDrive ? 'True' : '',
    reservation_id: server.reservationId,
    launch_index: String(server.launchIndex),
    root_device_name: server.devices.find(({ bootIndex }) => bootIndex === 0)?.name,
    locked_by: server.lockedBy,
    access_ip_v4: server.accessIpV4,
    access_ip_v6: server.accessIpV6,
    progress: '0',
  };
  return columns[key] ?? undefined;
}

const SORT_KEYS: Readonly<Record<string, (server: Server) => string | number>> = {
  created_at: (server) => server.row,
  updated_at: (server) => server.updatedAt,
  launched_at: (server) => server.launchedAt ?? 0,
  uuid: (server) => server.id,
};

function sorted(call: Call, rows: readonly Server[]): Server[] {
  const keys = call.query.getAll('sort_key');
  const directions = call.query.getAll('sort_dir');
  const order = [...keys, 'created_at'];
  return rows.toSorted((a, b) => {
    for (const [at, key] of order.entries()) {
      const valueOf = SORT_KEYS[key] ?? ((server: Server): string => column(server, key) ?? '');
      const [left, right] = [valueOf(a), valueOf(b)];
      if (left === right) continue;
      const direction = directions[at] ?? (keys.length === 0 ? 'desc' : (directions[0] ?? 'desc'));
      return (left < right ? -1 : 1) * (direction === 'asc' ? 1 : -1);
    }
    return 0;
  });
}
