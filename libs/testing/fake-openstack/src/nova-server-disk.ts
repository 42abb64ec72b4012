import { catchUp } from './cinder-jobs.ts';
import type { Cloud } from './frame.ts';
import type { Payload } from './glance-payload.ts';
import { blocksOf, written } from './glance-payload.ts';
import type { Server } from './nova-server-rows.ts';
import { servers } from './nova-server-rows.ts';

/**
 * Writes into the root disk of a server booted from an image what its guest would write. Bytes beyond the disk's size are
 * left out. Throws when the server is not there, or has no disk of its own yet.
 */
export function writeServerDisk(cloud: Cloud, serverId: string, bytes: Uint8Array, offset = 0): void {
  const server = known(cloud, serverId);
  server.disk = written(diskOf(cloud, server), offset, bytes);
}

/** All bytes of the root disk of a server booted from an image. Throws like `writeServerDisk`. */
export function readServerDisk(cloud: Cloud, serverId: string): Buffer {
  return Buffer.concat([...blocksOf(diskOf(cloud, known(cloud, serverId)))]);
}

function known(cloud: Cloud, serverId: string): Server {
  catchUp(cloud);
  const server = servers(cloud).get(serverId);
  if (server === undefined) throw new Error(`the fake cloud ${cloud.options.name} has no server ${serverId}`);
  return server;
}

function diskOf(cloud: Cloud, { id, disk }: Server): Payload {
  if (disk === undefined) throw new Error(`the server ${id} of the fake cloud ${cloud.options.name} has no root disk`);
  return disk;
}
