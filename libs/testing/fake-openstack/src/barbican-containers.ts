import { aclRoutes } from './barbican-acls.ts';
import { enforce, enforceRole, rules } from './barbican-policy.ts';
import { containerOf, containers, hrefOf, isLive, pageOf, secrets, time, type Container } from './barbican-rows.ts';
import { checkContainer, jsonOf } from './barbican-validation.ts';
import type { Call, JsonObject, Reply, Route } from './frame.ts';
import { Refusal } from './frame.ts';

/** Containers, their ACLs and consumers. */
export const containerRoutes: readonly Route[] = [
  { method: 'GET', path: '/v1/containers', handle: list },
  { method: 'POST', path: '/v1/containers', handle: create },
  { method: 'GET', path: '/v1/containers/:id', handle: show },
  { method: 'DELETE', path: '/v1/containers/:id', handle: remove },
  { method: 'POST', path: '/v1/containers/:id/consumers', handle: addConsumer },
  ...aclRoutes({ collection: 'containers', word: 'ContainerACL(s)', find: containerOf, keep }),
];

function keep(call: Call, container: Container): void {
  containers(call.cloud).set(container.id, container);
}

function shown(call: Call, container: Container): JsonObject {
  return {
    created: time(container.created),
    updated: time(container.updated),
    status: 'ACTIVE',
    name: container.name,
    type: container.type,
    creator_id: container.creatorId,
    secret_refs: container.refs.map(({ name, secretId }) => ({ name, secret_ref: hrefOf(call, 'secrets', secretId) })),
    consumers: [...container.consumers],
    container_ref: hrefOf(call, 'containers', container.id),
  };
}

function list(call: Call): Reply {
  const projectId = enforceRole(call.context, ['admin', 'creator', 'observer'], 'Containers(s) retrieval');
  const fitting = [...containers(call.cloud).values()].filter((container) => container.projectId === projectId);
  return { status: 200, body: pageOf(call, 'containers', fitting, (container) => shown(call, container)) };
}

function create(call: Call): Reply {
  const projectId = enforceRole(call.context, ['admin', 'creator'], 'Container creation');
  const asked = jsonOf(call);
  const refs = checkContainer(call, asked);
  for (const { name, secretId } of refs) {
    const secret = secrets(call.cloud).get(secretId);
    if (secret?.projectId !== projectId || !isLive(call.cloud, secret)) {
      throw new Refusal(404, `Secret provided for '${name ?? 'None'}' doesn't exist.`);
    }
  }
  const now = call.cloud.now();
  const id = call.cloud.newId();
  keep(call, {
    id,
    projectId,
    creatorId: call.context.userId,
    name: typeof asked.name === 'string' ? asked.name : null,
    created: now,
    updated: now,
    acl: null,
    type: String(asked.type),
    refs,
    consumers: [],
  });
  const href = hrefOf(call, 'containers', id);
  return { status: 201, headers: { Location: href }, body: { container_ref: href } };
}

function show(call: Call): Reply {
  const container = containerOf(call);
  enforce(rules.get, call.context, container, 'Container retrieval');
  return { status: 200, body: shown(call, container) };
}

function remove(call: Call): Reply {
  const container = containerOf(call);
  enforce(rules.change, call.context, container, 'Container deletion');
  containers(call.cloud).delete(container.id);
  return { status: 204 };
}

/** One consumer is known once, however often it registers. */
function addConsumer(call: Call): Reply {
  const container = containerOf(call);
  enforce(rules.get, call.context, container, 'ContainerConsumer(s) creation');
  const { name = null, URL: url = null } = jsonOf(call);
  const others = container.consumers.filter((one) => one.name !== name || one.URL !== url);
  const changed = { ...container, consumers: [...others, { name, URL: url }] };
  keep(call, changed);
  return { status: 200, body: shown(call, changed) };
}
