import { createHash } from 'node:crypto';
import type { Call, Cloud, JsonObject } from './frame.ts';
import { isoSeconds, Refusal, table } from './frame.ts';
import type { Payload } from './glance-payload.ts';

/** What Nova calls `vm_state`: what a server is, apart from what is being done to it. */
export type VmState =
  'building' | 'active' | 'stopped' | 'paused' | 'suspended' | 'shelved_offloaded' | 'error' | 'deleted';

/** A network card: a port, and whether it goes with the server. */
export interface Nic {
  /** Undefined until the port of a card that was asked for by its network is made. */
  portId: string | undefined;
  readonly networkId: string | undefined;
  readonly address: string | undefined;
  readonly tag: string | null;
  /** Made by Nova, hence deleted with the server. */
  readonly isMade: boolean;
}

/** A disk of a server (Nova's block device mapping). */
export interface Device {
  readonly id: string;
  readonly source: string;
  readonly destination: string;
  /** Image, volume or snapshot that it is made of. */
  readonly sourceId: string | null;
  readonly bootIndex: number | null;
  readonly size: number | null;
  readonly volumeType: string | null;
  readonly tag: string | null;
  readonly deviceType: string | null;
  readonly diskBus: string | null;
  readonly guestFormat: string | null;
  deleteOnTermination: boolean;
  /** `/dev/sda`, once named. */
  name: string | null;
  volumeId: string | null;
  /** Id of the attachment in Cinder, once there is one. */
  attachmentId: string | null;
}

/** A flavor as it was when the server was made; later changes of the flavor do not reach the server. */
export interface ServerFlavor {
  readonly id: string;
  readonly name: string;
  readonly ram: number;
  readonly vcpus: number;
  readonly disk: number;
  readonly ephemeral: number;
  readonly swap: number;
  readonly extraSpecs: Readonly<Record<string, string>>;
}

/** A server. */
export interface Server {
  readonly id: string;
  /** Number behind `instance-`. */
  readonly row: number;
  readonly projectId: string;
  readonly userId: string;
  readonly reservationId: string;
  readonly launchIndex: number;
  name: string;
  description: string | null;
  hostname: string;
  metadata: Record<string, string>;
  tags: string[];
  /** Empty for a server that boots from a volume. */
  readonly imageId: string;
  /** What Nova keeps of the image, or of the image metadata of the boot volume. */
  readonly imageProperties: Readonly<Record<string, string>>;
  readonly flavor: ServerFlavor;
  readonly keyName: string | null;
  readonly userData: string | null;
  readonly configDrive: boolean;
  diskConfig: 'AUTO' | 'MANUAL';
  accessIpV4: string;
  accessIpV6: string;
  readonly certificates: readonly string[] | null;
  readonly requestedZone: string | null;
  readonly hints: JsonObject;
  readonly securityGroups: readonly string[];
  nics: Nic[];
  devices: Device[];
  vmState: VmState;
  taskState: string | null;
  host: string | null;
  lockedBy: 'owner' | 'admin' | undefined;
  lockedReason: string | null;
  fault: Fault | undefined;
  readonly createdAt: number;
  updatedAt: number;
  launchedAt: number | null;
  terminatedAt: number | null;
  /** The root disk of a server booted from an image, once it is there. */
  disk: Payload | undefined;
  /** Format of `disk`. */
  readonly diskFormat: string;
}

/** Why a server is in ERROR. */
export interface Fault {
  readonly message: string;
  readonly at: number;
}

/** A server group. */
export interface ServerGroup {
  readonly id: string;
  readonly name: string;
  readonly policy: string;
  readonly rules: { readonly max_server_per_host?: number };
  readonly projectId: string;
  readonly userId: string;
  /** Servers in the order in which they came. */
  members: string[];
}

/** All servers, the newest last. */
export const servers = table<Server>('compute.servers');
/** All server groups, the newest last. */
export const serverGroups = table<ServerGroup>('compute.server-groups');

/** The server of the path, or 404; another project's is 404 for all but admins. */
export function serverOf(call: Call, message = 'could not be found.'): Server {
  const id = call.params.id ?? '';
  const server = servers(call.cloud).get(id);
  const own = call.context.isAdmin || server?.projectId === call.context.projectId;
  if (server === undefined || !own) throw new Refusal(404, `Instance ${id} ${message}`);
  return server;
}

/** The compute host, the only one. */
export function computeHost(cloud: Cloud): string {
  return `${cloud.options.name}-compute-1`;
}

/** The obfuscated name of a server's host, different for each project. */
export function hostIdOf(server: Server): string {
  if (server.host === null) return '';
  return createHash('sha224').update(`${server.projectId}${server.host}`).digest('hex');
}

/** Puts a server in another state. */
export function setState(cloud: Cloud, server: Server, vmState: VmState, taskState: string | null): void {
  server.vmState = vmState;
  server.taskState = taskState;
  server.updatedAt = cloud.now();
}

const STATUS: Readonly<Record<VmState, string>> = {
  ...{ building: 'BUILD', active: 'ACTIVE', stopped: 'SHUTOFF', paused: 'PAUSED', suspended: 'SUSPENDED' },
  ...{ shelved_offloaded: 'SHELVED_OFFLOADED', error: 'ERROR', deleted: 'DELETED' },
};

/** What the API calls the status. */
export function statusOf(server: Server): string {
  return STATUS[server.vmState];
}

const POWER: Readonly<Record<VmState, number>> = {
  ...{ building: 0, active: 1, stopped: 4, paused: 3, suspended: 7, shelved_offloaded: 4, error: 0, deleted: 0 },
};

/** What the API calls the power state. */
export function powerOf(server: Server): number {
  return POWER[server.vmState];
}

/** A time with the microseconds that Nova shows: `2024-01-31T12:00:00.000000`. */
export function novaTime(milliseconds: number | null): string | null {
  return milliseconds === null ? null : `${isoSeconds(milliseconds).slice(0, 19)}.000000`;
}

/** Refuses, with Nova's words, what a server cannot do in its state. */
export function needState(server: Server, action: string, states: readonly VmState[], idle = true): void {
  const busy = idle && server.taskState !== null;
  if (states.includes(server.vmState) && !busy) return;
  const where = states.includes(server.vmState) ? `task_state ${server.taskState}` : `vm_state ${server.vmState}`;
  throw new Refusal(409, `Cannot '${action}' instance ${server.id} while it is in ${where}`);
}

/** Refuses a change of a locked server by anyone but admins. */
export function needUnlocked(call: Call, server: Server): void {
  if (server.lockedBy === undefined || call.context.isAdmin) return;
  throw new Refusal(409, `Instance ${server.id} is locked`);
}

/** What a project's servers use of its quota. */
export function usageOf(cloud: Cloud, projectId: string): { instances: number; cores: number; ram: number } {
  const own = [...servers(cloud).values()].filter((server) => server.projectId === projectId);
  return {
    instances: own.length,
    cores: own.reduce((sum, { flavor }) => sum + flavor.vcpus, 0),
    ram: own.reduce((sum, { flavor }) => sum + flavor.ram, 0),
  };
}
