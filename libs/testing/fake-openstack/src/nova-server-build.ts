/**
 * How a server comes and goes: in steps, each of which lasts the cloud's asynchronous time. A server that is deleted
 * while it is built stops building.
 */
import { later } from './cinder-jobs.ts';
import type { Cloud } from './frame.ts';
import { Refusal } from './frame.ts';
import { images } from './glance-image.ts';
import { resized } from './glance-payload.ts';
import { bytesOf } from './cinder-rows.ts';
import { nameDevices } from './nova-server-devices.ts';
import { plug, unplug } from './nova-server-networks.ts';
import type { Server } from './nova-server-rows.ts';
import { computeHost, serverGroups, servers, setState } from './nova-server-rows.ts';
import { areVolumesReady, attachVolumes, detachVolumes, makeVolumes } from './nova-server-volumes.ts';

/** Starts to build a server: scheduling, networking, block_device_mapping, spawning, active. */
export function build(cloud: Cloud, server: Server): void {
  step(cloud, server, () => {
    refusePolicy(cloud, server);
    server.host = computeHost(cloud);
    nameDevices(server.devices);
    setState(cloud, server, 'building', 'networking');
    step(cloud, server, () => {
      plug(cloud, server);
      setState(cloud, server, 'building', 'block_device_mapping');
      makeVolumes(cloud, server);
      awaitVolumes(cloud, server);
    });
  });
}

function awaitVolumes(cloud: Cloud, server: Server): void {
  step(cloud, server, () => {
    if (!areVolumesReady(cloud, server)) return awaitVolumes(cloud, server);
    attachVolumes(cloud, server);
    setState(cloud, server, 'building', 'spawning');
    step(cloud, server, () => {
      fillDisk(cloud, server);
      server.launchedAt = cloud.now();
      setState(cloud, server, 'active', null);
    });
  });
}

/** Does the next step later, unless the server goes meanwhile. What cannot be done puts the server in ERROR. */
function step(cloud: Cloud, server: Server, run: () => void): void {
  later(cloud, () => {
    if (servers(cloud).get(server.id) !== server || server.taskState === 'deleting') return;
    try {
      run();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      fail(cloud, server, error.message);
    }
  });
}

/** A build that failed: nothing of the server is left but itself, with the reason. */
function fail(cloud: Cloud, server: Server, message: string): void {
  unplug(cloud, server);
  detachVolumes(cloud, server);
  server.host = null;
  server.fault = { message, at: cloud.now() };
  setState(cloud, server, 'error', null);
}

/** There is one host: a strict policy that wants more of them finds none. */
function refusePolicy(cloud: Cloud, server: Server): void {
  const group = [...serverGroups(cloud).values()].find(({ members }) => members.includes(server.id));
  if (group?.policy !== 'anti-affinity') return;
  const there = group.members.filter((id) => id !== server.id && servers(cloud).get(id)?.host !== null);
  const others = there.filter((id) => servers(cloud).has(id)).length;
  if (others < (group.rules.max_server_per_host ?? 1)) return;
  throw new Refusal(500, 'No valid host was found. There are not enough hosts available.');
}

/** Copies the image to the root disk; a raw one is grown to the flavor's disk, other formats stay as they are. */
function fillDisk(cloud: Cloud, server: Server): void {
  if (server.imageId === '') return;
  const payload = images(cloud).get(server.imageId)?.payload;
  if (payload === undefined) throw new Refusal(500, `Image ${server.imageId} could not be found.`);
  const size = Math.max(payload.size, bytesOf(cloud, server.flavor.disk));
  server.disk = server.diskFormat === 'raw' ? resized(payload, size) : payload;
}

/** Starts to delete a server: deleting, DELETED for a moment, gone. */
export function destroy(cloud: Cloud, server: Server): void {
  if (server.taskState === 'deleting') return;
  setState(cloud, server, server.vmState, 'deleting');
  later(cloud, () => {
    unplug(cloud, server);
    later(cloud, () => {
      detachVolumes(cloud, server);
      server.terminatedAt = cloud.now();
      setState(cloud, server, 'deleted', null);
      later(cloud, () => forget(cloud, server));
    });
  });
}

function forget(cloud: Cloud, server: Server): void {
  servers(cloud).delete(server.id);
  for (const group of serverGroups(cloud).values()) group.members = group.members.filter((id) => id !== server.id);
}
