import { later } from './cinder-jobs.ts';
import { object, validate } from './cinder-nova-validation.ts';
import type { Call, Cloud, JsonObject, Reply } from './frame.ts';
import { isObject, Refusal } from './frame.ts';
import { createImage } from './nova-create-image.ts';
import { destroy } from './nova-server-build.ts';
import type { Server, VmState } from './nova-server-rows.ts';
import { computeHost, needState, needUnlocked, serverOf, servers, setState } from './nova-server-rows.ts';
import { actionSchema, validUpdate } from './nova-server-schema.ts';
import { serverView } from './nova-server-view.ts';

/** PUT /servers/:id. A lock does not keep it from changing. */
export function updateServer(call: Call): Reply {
  const body = validUpdate(call);
  const server = serverOf(call);
  const { name, hostname, description, accessIPv4, accessIPv6 } = body;
  if (typeof name === 'string') server.name = name;
  if (typeof hostname === 'string') server.hostname = hostname;
  if (description !== undefined) server.description = description === null ? null : String(description);
  if (typeof accessIPv4 === 'string') server.accessIpV4 = accessIPv4;
  if (typeof accessIPv6 === 'string') server.accessIpV6 = accessIPv6;
  if (body['OS-DCF:diskConfig'] !== undefined)
    server.diskConfig = body['OS-DCF:diskConfig'] === 'AUTO' ? 'AUTO' : 'MANUAL';
  server.updatedAt = call.cloud.now();
  return { status: 200, body: { server: serverView(call, server, 'update') } };
}

/** DELETE /servers/:id. Asked again while the server goes, it answers the same. */
export function deleteServer(call: Call): Reply {
  const server = serverOf(call);
  needUnlocked(call, server);
  destroy(call.cloud, server);
  return { status: 204 };
}

/** POST /servers/:id/action. */
export function actOnServer(call: Call): Reply {
  const [name = ''] = Object.keys(isObject(call.body) ? call.body : {});
  if (name === '') throw new Refusal(400, 'Malformed request body');
  const change = CHANGES[name];
  const schema = actionSchema(call, name);
  const body = schema === undefined ? call.body : validate(object({ [name]: schema }, [name]), call.body);
  const inner = isObject(body) ? body[name] : undefined;
  if (change !== undefined) return changeState(call, name, change);
  if (name === 'createImage') return createImage(call, isObject(inner) ? inner : {});
  if (name === 'lock') return lock(call, isObject(inner) ? inner : {});
  if (name === 'unlock') return unlock(call);
  throw new Refusal(400, `There is no such action: ${name}`);
}

/** An action that takes a server from one state to another. */
interface Change {
  /** Nova's own word for it, in refusals. */
  readonly word: string;
  readonly from: readonly VmState[];
  readonly task: string;
  readonly to: VmState;
}

const CHANGES: Readonly<Record<string, Change>> = {
  'os-start': { word: 'start', from: ['stopped'], task: 'powering-on', to: 'active' },
  'os-stop': { word: 'stop', from: ['active', 'error'], task: 'powering-off', to: 'stopped' },
  pause: { word: 'pause', from: ['active'], task: 'pausing', to: 'paused' },
  unpause: { word: 'unpause', from: ['paused'], task: 'unpausing', to: 'active' },
  suspend: { word: 'suspend', from: ['active'], task: 'suspending', to: 'suspended' },
  resume: { word: 'resume', from: ['suspended'], task: 'resuming', to: 'active' },
  reboot: {
    word: 'reboot',
    from: ['active', 'stopped', 'paused', 'suspended', 'error'],
    task: 'rebooting',
    to: 'active',
  },
  shelve: {
    ...{ word: 'shelve', from: ['active', 'stopped', 'paused', 'suspended'] },
    ...{ task: 'shelving', to: 'shelved_offloaded' },
  },
  unshelve: { word: 'unshelve', from: ['shelved_offloaded'], task: 'unshelving', to: 'active' },
};

function changeState(call: Call, name: string, change: Change): Reply {
  const server = serverOf(call, name.startsWith('os-') ? 'has no mapping to a cell.' : undefined);
  needUnlocked(call, server);
  needState(server, change.word, change.from);
  setState(call.cloud, server, server.vmState, change.task);
  later(call.cloud, () => {
    if (servers(call.cloud).get(server.id) === server && server.taskState === change.task)
      arrive(call.cloud, server, change);
  });
  return { status: 202 };
}

/** A shelved server is on no host; a host does not get its ports back from it. */
function arrive(cloud: Cloud, server: Server, { to }: Change): void {
  server.host = to === 'shelved_offloaded' ? null : computeHost(cloud);
  setState(cloud, server, to, null);
}

function lock(call: Call, body: JsonObject): Reply {
  const server = serverOf(call);
  const isOwner = server.projectId === call.context.projectId;
  // The owner's second lock changes nothing, not even an administrator's lock into his own.
  if (server.lockedBy !== undefined && isOwner) return { status: 202 };
  server.lockedBy = isOwner ? 'owner' : 'admin';
  if (typeof body.locked_reason === 'string') server.lockedReason = body.locked_reason;
  return { status: 202 };
}

function unlock(call: Call): Reply {
  const server = serverOf(call);
  if (server.lockedBy === 'admin' && !call.context.isAdmin) {
    throw new Refusal(
      403,
      "Policy doesn't allow os_compute_api:os-lock-server:unlock:unlock_override to be performed.",
    );
  }
  Object.assign(server, { lockedBy: undefined, lockedReason: null });
  return { status: 202 };
}
