import { isTrue } from './cinder-nova-validation.ts';
import { bytesOf, volumes } from './cinder-rows.ts';
import type { Call, Json, JsonObject, Reply } from './frame.ts';
import { isObject, Refusal } from './frame.ts';
import type { Image } from './glance-image.ts';
import { images, isVisible } from './glance-image.ts';
import { projects } from './identity-rows.ts';
import type { Flavor } from './nova-flavors.ts';
import { nextRow, usableFlavor } from './nova-flavors.ts';
import { hasKeypair } from './nova-keypairs.ts';
import { linksOf } from './nova-page.ts';
import { novaLimit } from './nova-quotas.ts';
import { build } from './nova-server-build.ts';
import { devicesOf, reserve } from './nova-server-devices.ts';
import { membersOf } from './nova-server-groups.ts';
import { nicsOf, securityGroupsOf } from './nova-server-networks.ts';
import type { Device, Server, ServerGroup } from './nova-server-rows.ts';
import { serverGroups, servers, usageOf } from './nova-server-rows.ts';
import { validServer } from './nova-server-schema.ts';

/** POST /servers. What can be seen to be wrong is refused at once, the rest puts the server in ERROR later. */
export function createServer(call: Call): Reply {
  const { server: body, hints } = validServer(call);
  const count = countOf(body);
  refuseHost(call, body);
  const devices = devicesOf(call, body);
  const nics = nicsOf(call, body.networks);
  if (count > 1 && nics.some(({ isMade }) => !isMade)) throw new Refusal(400, ONE_PORT);
  const flavor = flavorOf(call, body);
  const image = imageOf(call, body, flavor, devices);
  const keyName = keyOf(call, body.key_name);
  const securityGroups = securityGroupsOf(call, body.security_groups);
  const group = groupOf(call, hints, count);
  refuseQuota(call, flavor, count);
  const reservationId = `r-${call.cloud.newHexId().slice(0, 8)}`;
  const made = Array.from({ length: count }, (_, index): Server => {
    const own = index === 0 ? devices : devicesOf(call, body);
    const server: Server = {
      ...{ ...requested(call, body), ...placed(body, count, index), ...fresh(call), reservationId, launchIndex: index },
      ...{ nics: nics.map((nic) => ({ ...nic })), devices: own, flavor: embedded(flavor), keyName, securityGroups },
      ...{ imageId: image?.id ?? '', imageProperties: propertiesOf(call, flavor, image, own) },
      hints: normalized(hints),
      diskFormat: image?.attributes.disk_format ?? 'raw',
    };
    servers(call.cloud).set(server.id, server);
    group?.members.push(server.id);
    reserve(call, own);
    build(call.cloud, server);
    return server;
  });
  return answer(call, body, made, reservationId);
}

const ONE_PORT =
  'Unable to launch multiple instances with a single configured port ID. Please launch your instance one by one with different ports.';

function answer(call: Call, body: JsonObject, made: readonly Server[], reservationId: string): Reply {
  const [server] = made;
  if (server === undefined || isTrue(body.return_reservation_id ?? false)) {
    return { status: 202, body: { reservation_id: reservationId } };
  }
  const links = linksOf(call, 'servers', server.id);
  const view: JsonObject = {
    ...{ id: server.id, links, 'OS-DCF:diskConfig': server.diskConfig },
    // What was asked for, not what will be: without a wish always `default`.
    security_groups: body.security_groups ?? [{ name: 'default' }],
    adminPass: typeof body.adminPass === 'string' ? body.adminPass : call.cloud.newHexId().slice(0, 12),
  };
  return { status: 202, body: { server: view }, headers: { Location: `${call.baseUrl}/v2.1/servers/${server.id}` } };
}

function countOf(body: JsonObject): number {
  const least = Number(body.min_count ?? 1);
  const most = Number(body.max_count ?? least);
  if (least > most) throw new Refusal(400, 'min_count must be <= max_count');
  if (most > 1 && body.hostname !== undefined) {
    throw new Refusal(400, 'Unable to allocate a single hostname to multiple instances');
  }
  return most;
}

/** One zone, `nova`; `nova:host` is for administrators, as are `host` and `hypervisor_hostname`. */
function refuseHost(call: Call, body: JsonObject): void {
  const isForced = body.host !== undefined || body.hypervisor_hostname !== undefined;
  if (isForced && !call.context.isAdmin) {
    throw new Refusal(403, "Policy doesn't allow compute:servers:create:requested_destination to be performed.");
  }
  if (typeof body.availability_zone !== 'string') return;
  const [zone, host] = body.availability_zone.split(':');
  if (host !== undefined && !call.context.isAdmin) {
    throw new Refusal(403, "Policy doesn't allow os_compute_api:servers:create:forced_host to be performed.");
  }
  if (zone !== 'nova') throw new Refusal(400, 'The requested availability zone is not available');
}

function flavorOf(call: Call, body: JsonObject): Flavor {
  const id = String(body.flavorRef).split('/').at(-1) ?? '';
  const flavor = usableFlavor(call, id);
  if (flavor === undefined) throw new Refusal(400, `Flavor ${id} could not be found.`);
  return flavor;
}

/** The image that the root disk is copied of; undefined for a server that boots from a volume. */
function imageOf(call: Call, body: JsonObject, flavor: Flavor, devices: readonly Device[]): Image | undefined {
  const root = devices.find(({ bootIndex }) => bootIndex === 0);
  const id = typeof body.imageRef === 'string' ? body.imageRef : '';
  if (id === '' || root?.destination === 'volume') return undefined;
  const image = images(call.cloud).get(id);
  if (image === undefined || !isVisible(image, call.context)) throw new Refusal(400, 'Can not find requested image');
  if (image.status !== 'active') throw new Refusal(400, `Image ${id} is not active.`);
  if (flavor.disk === 0) {
    throw new Refusal(403, 'Only volume-backed servers are allowed for flavors with zero disk.');
  }
  refuseSmall(call, flavor, image);
  return image;
}

function refuseSmall(call: Call, flavor: Flavor, image: Image): void {
  const { min_disk: minDisk, min_ram: minRam } = image.attributes;
  if (flavor.ram < minRam) throw new Refusal(400, "Flavor's memory is too small for requested image.");
  const [disk, gib] = [bytesOf(call.cloud, flavor.disk), bytesOf(call.cloud, 1)];
  if (disk < (image.size ?? 0)) {
    const sizes = `Flavor disk is ${disk} bytes, image is ${image.size ?? 0} bytes.`;
    throw new Refusal(400, `Flavor's disk is too small for requested image. ${sizes}`);
  }
  if (flavor.disk < minDisk) {
    const sizes = `Flavor disk is ${disk} bytes, minimum size is ${minDisk * gib} bytes.`;
    throw new Refusal(400, `Flavor's disk is smaller than the minimum size specified in image metadata. ${sizes}`);
  }
}

/** Keypairs belong to users: a server takes its key from the user who asks for it. */
function keyOf(call: Call, name: Json | undefined): string | null {
  if (typeof name !== 'string') return null;
  if (!hasKeypair(call.cloud, call.context.userId, name)) throw new Refusal(400, 'Invalid key_name provided.');
  return name;
}

function groupOf(call: Call, hints: JsonObject, count: number): ServerGroup | undefined {
  if (typeof hints.group !== 'string') return undefined;
  const group = serverGroups(call.cloud).get(hints.group);
  const isOwn = call.context.isAdmin || group?.projectId === call.context.projectId;
  if (group === undefined || !isOwn) throw new Refusal(400, `Instance group ${hints.group} could not be found.`);
  const limit = novaLimit(call.cloud, call.context.projectId ?? '', 'server_group_members');
  if (limit >= 0 && membersOf(call, group).length + count > limit) {
    throw new Refusal(403, 'Quota exceeded, too many servers in group');
  }
  return group;
}

function refuseQuota(call: Call, flavor: Flavor, count: number): void {
  const projectId = call.context.projectId ?? '';
  const used = usageOf(call.cloud, projectId);
  const wanted = { cores: flavor.vcpus * count, instances: count, ram: flavor.ram * count };
  const over = (['cores', 'instances', 'ram'] as const).filter((resource) => {
    const limit = novaLimit(call.cloud, projectId, resource);
    return limit >= 0 && used[resource] + wanted[resource] > limit;
  });
  if (over.length === 0) return;
  const list = (numbers: (resource: (typeof over)[number]) => number): string => over.map(numbers).join(', ');
  const limits = list((resource) => novaLimit(call.cloud, projectId, resource));
  const names = over.join(', ');
  const requestedText = list((resource) => wanted[resource]);
  const usedText = list((resource) => used[resource]);
  throw new Refusal(
    403,
    `Quota exceeded for ${names}: Requested ${requestedText}, but already used ${usedText} of ${limits} ${names}`,
  );
}

type Requested = Pick<
  Server,
  | 'description'
  | 'metadata'
  | 'tags'
  | 'userData'
  | 'configDrive'
  | 'diskConfig'
  | 'accessIpV4'
  | 'accessIpV6'
  | 'certificates'
  | 'requestedZone'
>;

function requested(call: Call, body: JsonObject): Requested {
  const texts = (value: Json | undefined): string[] => (Array.isArray(value) ? value.map(String) : []);
  // Before 2.19 a server is described by its own name.
  const older = call.atLeast('2.19') ? null : String(body.name);
  return {
    description: typeof body.description === 'string' ? body.description : older,
    metadata: metadataOf(body.metadata),
    tags: [...new Set(texts(body.tags))].sort(),
    userData: typeof body.user_data === 'string' ? body.user_data : null,
    configDrive: isTrue(body.config_drive ?? false),
    diskConfig: body['OS-DCF:diskConfig'] === 'AUTO' ? 'AUTO' : 'MANUAL',
    accessIpV4: typeof body.accessIPv4 === 'string' ? body.accessIPv4 : '',
    accessIpV6: typeof body.accessIPv6 === 'string' ? body.accessIPv6 : '',
    certificates: Array.isArray(body.trusted_image_certificates) ? texts(body.trusted_image_certificates) : null,
    requestedZone: typeof body.availability_zone === 'string' ? (body.availability_zone.split(':')[0] ?? null) : null,
  };
}

/** The texts of checked metadata. */
export function metadataOf(value: Json | undefined): Record<string, string> {
  const entries = Object.entries(isObject(value) ? value : {});
  return Object.fromEntries(entries.map(([key, text]) => [key, String(text)]));
}

/** Name and host name; several servers of one request are numbered. */
function placed(body: JsonObject, count: number, index: number): Pick<Server, 'name' | 'hostname'> {
  const name = String(body.name);
  const suffix = count > 1 ? `-${index + 1}` : '';
  const hostname = typeof body.hostname === 'string' ? body.hostname : hostnameOf(name);
  return { name: name + suffix, hostname: hostname + suffix };
}

/** `sanitize_hostname` of nova/utils.py: letters beyond ASCII stay, if Latin-1 has them. */
function hostnameOf(name: string): string {
  const latin = [...name]
    .filter((character) => (character.codePointAt(0) ?? 0) <= 0xff)
    .join('')
    .slice(0, 63);
  const words = latin.replaceAll(/[ _.]/g, '-').replaceAll(/[^\p{L}\p{N}_.-]+/gu, '');
  return words.toLowerCase().replaceAll(/^[.-]+|[.-]+$/g, '');
}

type Fresh = Pick<
  Server,
  | 'id'
  | 'row'
  | 'projectId'
  | 'userId'
  | 'vmState'
  | 'taskState'
  | 'host'
  | 'lockedBy'
  | 'lockedReason'
  | 'fault'
  | 'createdAt'
  | 'updatedAt'
  | 'launchedAt'
  | 'terminatedAt'
  | 'disk'
>;

function fresh(call: Call): Fresh {
  const now = call.cloud.now();
  return {
    ...{ id: call.cloud.newId(), row: nextRow(call), projectId: call.context.projectId ?? '' },
    ...{ userId: call.context.userId, vmState: 'building', taskState: 'scheduling', host: null },
    ...{ lockedBy: undefined, lockedReason: null, fault: undefined, createdAt: now, updatedAt: now },
    ...{ launchedAt: null, terminatedAt: null, disk: undefined },
  };
}

function embedded(flavor: Flavor): Server['flavor'] {
  const { flavorId: id, name, ram, vcpus, disk, ephemeral, swap, extraSpecs } = flavor;
  return { id, name, ram, vcpus, disk, ephemeral, swap, extraSpecs: { ...extraSpecs } };
}

/** Hints are shown as lists, however they were given. */
function normalized(hints: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(hints).map(([key, value]) => [key, Array.isArray(value) ? value : [value ?? null]]),
  );
}

/** What Nova keeps of the image, or of the image metadata of the boot volume, and puts into images made of the server. */
function propertiesOf(
  call: Call,
  flavor: Flavor,
  image: Image | undefined,
  devices: readonly Device[],
): Record<string, string> {
  const own = {
    base_image_ref: image?.id ?? '',
    owner_user_name: call.context.userName,
    owner_project_name: projects(call.cloud).get(call.context.projectId ?? '')?.name ?? '',
    boot_roles: call.context.roles.join(','),
  };
  if (image === undefined) return { ...volumeProperties(call, devices), ...own };
  const { min_ram: minRam, min_disk: minDisk, disk_format: format, container_format: container } = image.attributes;
  return {
    ...image.properties,
    ...{ min_ram: String(minRam), min_disk: String(Math.max(minDisk, flavor.disk)) },
    ...(format === null ? {} : { disk_format: format }),
    ...(container === null ? {} : { container_format: container }),
    ...own,
  };
}

/** Image metadata that say what Glance held, and are no properties of an image. */
const CORE = ['checksum', 'container_format', 'disk_format', 'image_id', 'image_name', 'min_disk', 'min_ram', 'size'];

function volumeProperties(call: Call, devices: readonly Device[]): Record<string, string> {
  const root = devices.find(({ bootIndex }) => bootIndex === 0);
  const metadata =
    root?.source === 'image'
      ? images(call.cloud).get(root.sourceId ?? '')?.properties
      : volumes(call.cloud).get(root?.volumeId ?? '')?.imageMetadata;
  return Object.fromEntries(Object.entries(metadata ?? {}).filter(([key]) => !CORE.includes(key)));
}
