import { isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import type { Query, Request, ServiceName } from '@osm/resource';
import { serverRoutes } from './memory-server-routes.ts';
import { shareRoutes } from './memory-share-routes.ts';
import { dnsRoutes } from './memory-dns-routes.ts';
import { keyRoutes } from './memory-key-routes.ts';
import { loadBalancerRoutes } from './memory-load-balancer-routes.ts';
import { change, create, newId, proofOf, Refused, rowOf, shelfAt, type Store } from './memory-store.ts';

/** A request that is neither of a collection nor of one of its rows: what it does and answers. */
export interface MemoryRoute {
  readonly service: ServiceName;
  readonly method: Request['method'];
  readonly path: RegExp;
  answer(store: Store, ids: readonly string[], body: JsonObject, query: Query): Json;
}

type Answer = MemoryRoute['answer'];

const on = (service: ServiceName, method: Request['method'], path: RegExp, answer: Answer): MemoryRoute => ({
  service,
  method,
  path,
  answer,
});

/** The first, second … part of the path. */
const at = (ids: readonly string[], n: number): string => ids[n] ?? '';

const objects = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isJsonObject) : [];

const texts = (value: Json | undefined): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** Adds to a list that hangs on a row; the same entry is refused. */
const hang = (store: Store, path: string, item: JsonObject, key: string): JsonObject => {
  const list = store.lists.get(path) ?? [];
  if (list.some((one) => one[key] === item[key])) throw new Refused(409, `${path} has it already`);
  store.lists.set(path, [...list, item]);
  return item;
};

const tie = (store: Store, path: string): null => {
  store.ties.add(path);
  return null;
};

/** Keystone answers for domains among the projects, too. */
const nodeTags = (store: Store, id: string): readonly string[] => texts(rowOf(store, '/projects', id)['tags']);

const identityRoutes: readonly MemoryRoute[] = [
  on('identity', 'GET', /^\/role_inferences$/, () => ({ role_inferences: [] })),
  on('identity', 'GET', /^\/role_assignments$/, () => ({ role_assignments: [] })),
  on('identity', 'PUT', /^\/roles\/([^/]+)\/implies\/([^/]+)$/, (store, ids) => {
    const path = `/roles/${at(ids, 0)}/implies/${at(ids, 1)}`;
    if (store.ties.has(path)) throw new Refused(409, 'implied already');
    return tie(store, path);
  }),
  on('identity', 'PUT', /^(\/.*(?:users|groups)\/.*\/roles\/.*)$/, (store, ids) => tie(store, at(ids, 0))),
  on('identity', 'PUT', /^(\/groups\/[^/]+\/users\/[^/]+)$/, (store, ids) => tie(store, at(ids, 0))),
  on('identity', 'GET', /^(\/groups\/[^/]+\/users\/[^/]+)$/, (store, ids) => {
    if (!store.ties.has(at(ids, 0))) throw new Refused(404, 'not in the group');
    return null;
  }),
  on('identity', 'GET', /^\/groups\/[^/]+\/users$/, () => ({ users: [] })),
  on('identity', 'GET', /^\/users\/[^/]+\/groups$/, () => ({ groups: [] })),
  on('identity', 'GET', /^\/users\/[^/]+\/application_credentials$/, () => ({ application_credentials: [] })),
  on('identity', 'GET', /^\/OS-TRUST\/trusts$/, () => ({ trusts: [] })),
  on('identity', 'GET', /^\/domains\/[^/]+\/config$/, () => {
    throw new Refused(404, 'the domain has no configuration of its own');
  }),
  on('identity', 'PUT', /^\/projects\/([^/]+)\/tags\/([^/]+)$/, (store, ids) => {
    const tags = nodeTags(store, at(ids, 0));
    if (tags.includes(at(ids, 1))) throw new Refused(400, 'it has the tag');
    change(store, '/projects', at(ids, 0), { tags: [...tags, at(ids, 1)] });
    return null;
  }),
  on('identity', 'DELETE', /^\/projects\/([^/]+)\/tags\/([^/]+)$/, (store, ids) => {
    const tags = nodeTags(store, at(ids, 0));
    if (!tags.includes(at(ids, 1))) throw new Refused(404, 'no such tag');
    change(store, '/projects', at(ids, 0), { tags: tags.filter((tag) => tag !== at(ids, 1)) });
    return null;
  }),
];

const imageRoutes: readonly MemoryRoute[] = [
  on('image', 'GET', /^\/images\/([^/]+)\/members$/, (store, ids) => ({
    members: store.lists.get(`/images/${at(ids, 0)}/members`) ?? [],
  })),
  on('image', 'POST', /^\/images\/([^/]+)\/members$/, (store, ids, { member }) =>
    hang(store, `/images/${at(ids, 0)}/members`, { member_id: member ?? null, status: 'pending' }, 'member_id'),
  ),
  on('image', 'PUT', /^\/images\/([^/]+)\/members\/([^/]+)$/, (store, ids, { status }) => {
    const path = `/images/${at(ids, 0)}/members`;
    const list = store.lists.get(path) ?? [];
    if (!list.some(({ member_id }) => member_id === at(ids, 1))) throw new Refused(404, 'no such member');
    const answered = list.map((one) => (one['member_id'] === at(ids, 1) ? { ...one, status: status ?? null } : one));
    store.lists.set(path, answered);
    return null;
  }),
];

/** What Neutron gives each new group. */
const outwards = (store: Store, ethertype: string): JsonObject => ({
  id: newId(store),
  direction: 'egress',
  ethertype,
  protocol: null,
});

const tied = (subnet_id: string, ip_address: Json): JsonObject => ({ fixed_ips: [{ subnet_id, ip_address }] });

const networkRoutes: readonly MemoryRoute[] = [
  on('network', 'PUT', /^(\/[^/]+)\/([^/]+)\/tags$/, (store, ids, { tags }) =>
    change(store, at(ids, 0), at(ids, 1), { tags: tags ?? [] }),
  ),
  on('network', 'POST', /^\/security-groups$/, (store, _ids, body) => {
    const rules = [outwards(store, 'IPv4'), outwards(store, 'IPv6')];
    const group = isJsonObject(body['security_group']) ? body['security_group'] : {};
    const row = create(store, shelfAt(store, '/security-groups'), { ...group, security_group_rules: rules });
    return { security_group: row };
  }),
  on('network', 'DELETE', /^\/security-group-rules\/([^/]+)$/, (store, ids) => {
    for (const shelf of store.shelves) {
      if (shelf.api.path === '/security-group-rules' && shelf.rows.delete(at(ids, 0))) return null;
      for (const [id, row] of shelf.rows) {
        const rules = objects(row['security_group_rules']);
        const left = rules.filter((rule) => rule['id'] !== at(ids, 0));
        if (left.length === rules.length) continue;
        change(store, shelf.api.path, id, { security_group_rules: left });
        return null;
      }
    }
    throw new Refused(404, 'no such rule');
  }),
  on('network', 'PUT', /^\/routers\/([^/]+)\/add_router_interface$/, (store, ids, { subnet_id, port_id }) => {
    const owner = { device_id: at(ids, 0), device_owner: 'network:router_interface' };
    if (typeof port_id === 'string') {
      if (rowOf(store, '/ports', port_id)['device_id'] !== '') throw new Refused(409, 'the port is in use');
      return change(store, '/ports', port_id, owner);
    }
    const id = String(subnet_id);
    const ports = [...shelfAt(store, '/ports').rows.values()].filter(({ device_id }) => device_id === at(ids, 0));
    const has = ports.some(({ fixed_ips }) => objects(fixed_ips).some((one) => one['subnet_id'] === id));
    if (has) throw new Refused(400, 'the router has a port on the subnet');
    const gateway = rowOf(store, '/subnets', id)['gateway_ip'] ?? null;
    return create(store, shelfAt(store, '/ports'), { ...owner, ...tied(id, gateway) });
  }),
  on('network', 'PUT', /^\/routers\/([^/]+)\/remove_router_interface$/, (store, ids, { port_id }) => {
    rowOf(store, '/routers', at(ids, 0));
    if (!shelfAt(store, '/ports').rows.delete(String(port_id))) throw new Refused(404, 'no such port');
    return null;
  }),
];

const computeRoutes: readonly MemoryRoute[] = [
  on('compute', 'GET', /^\/flavors\/([^/]+)\/os-flavor-access$/, (store, ids) => ({
    flavor_access: store.lists.get(`/flavors/${at(ids, 0)}`) ?? [],
  })),
  on('compute', 'POST', /^\/flavors\/([^/]+)\/action$/, (store, ids, { addTenantAccess }) => {
    rowOf(store, '/flavors', at(ids, 0));
    const tenant = isJsonObject(addTenantAccess) ? addTenantAccess['tenant'] : undefined;
    return hang(store, `/flavors/${at(ids, 0)}`, { tenant_id: tenant ?? null }, 'tenant_id');
  }),
  on('compute', 'PUT', /^\/flavors\/([^/]+)\/os-extra_specs\/[^/]+$/, (store, ids, body) => {
    const specs = rowOf(store, '/flavors', at(ids, 0))['extra_specs'];
    return change(store, '/flavors', at(ids, 0), { extra_specs: { ...(isJsonObject(specs) ? specs : {}), ...body } });
  }),
];

/** Cinder's actions on volumes. */
const actions: { readonly [name: string]: (store: Store, id: string, wanted: JsonObject) => Json } = {
  'os-volume_upload_image': (store, id, { image_name }) => {
    const volume = rowOf(store, '/volumes', id);
    if (volume['status'] !== 'available') throw new Refused(400, 'the volume is busy');
    const image = create(store, shelfAt(store, '/images'), { name: image_name ?? null, disk_format: 'raw' });
    const data = Buffer.from(`data of ${id}`);
    store.bytes.set(String(image['id']), data);
    change(store, '/images', String(image['id']), proofOf(data));
    return { 'os-volume_upload_image': { image_id: image['id'] ?? null } };
  },
  'os-set_bootable': (store, id, { bootable }) => change(store, '/volumes', id, { bootable: String(bootable) }),
  'os-set_image_metadata': (store, id, { metadata }) => setImageMetadata(store, id, metadata),
  'os-unset_image_metadata': (store, id, { key }) => {
    const { [String(key)]: removed, ...left } = imageMetadata(store, id);
    if (removed === undefined) throw new Refused(404, 'no such key');
    return change(store, '/volumes', id, { volume_image_metadata: left });
  },
  'os-update_readonly_flag': (store, id, { readonly }) => {
    const metadata = rowOf(store, '/volumes', id)['metadata'];
    const flag = readonly === true ? 'True' : 'False';
    return change(store, '/volumes', id, { metadata: { ...(isJsonObject(metadata) ? metadata : {}), readonly: flag } });
  },
};

const imageMetadata = (store: Store, id: string): JsonObject => {
  const shown = rowOf(store, '/volumes', id)['volume_image_metadata'];
  return isJsonObject(shown) ? shown : {};
};

const setImageMetadata = (store: Store, id: string, metadata: Json | undefined): JsonObject => {
  const added = isJsonObject(metadata) ? metadata : {};
  return change(store, '/volumes', id, { volume_image_metadata: { ...imageMetadata(store, id), ...added } });
};

const ofImage = (store: Store, id: string): JsonObject => {
  const image = shelfAt(store, '/images').rows.get(id);
  if (image?.['status'] !== 'active') throw new Refused(400, `there is no image ${id}`);
  const shown = { image_id: image['id'] ?? null, image_name: image['name'] ?? null, cinder_img: 'x' };
  return { bootable: 'true', volume_image_metadata: shown };
};

const ofSnapshot = (store: Store, { snapshot_id }: JsonObject): JsonObject => {
  rowOf(store, '/snapshots', String(snapshot_id));
  return {};
};

const blockStorageRoutes: readonly MemoryRoute[] = [
  on('block-storage', 'GET', /^\/types\/([^/]+)\/encryption$/, (store, ids) => {
    const { encryption } = rowOf(store, '/types', at(ids, 0));
    return isJsonObject(encryption) ? encryption : {};
  }),
  on('block-storage', 'GET', /^\/types\/([^/]+)\/os-volume-type-access$/, (store, ids) => ({
    volume_type_access: store.lists.get(`/types/${at(ids, 0)}`) ?? [],
  })),
  on('block-storage', 'POST', /^\/types\/([^/]+)\/action$/, (store, ids, { addProjectAccess }) => {
    rowOf(store, '/types', at(ids, 0));
    const project = isJsonObject(addProjectAccess) ? addProjectAccess['project'] : undefined;
    return hang(store, `/types/${at(ids, 0)}`, { project_id: project ?? null }, 'project_id');
  }),
  on('block-storage', 'GET', /^\/os-quota-sets\/[^/]+$/, () => ({ quota_set: {} })),
  on('block-storage', 'POST', /^\/volumes$/, (store, _ids, body) => {
    const { imageRef, ...volume } = isJsonObject(body['volume']) ? body['volume'] : {};
    const made = imageRef === undefined ? ofSnapshot(store, volume) : ofImage(store, String(imageRef));
    return { volume: create(store, shelfAt(store, '/volumes'), { ...volume, ...made }) };
  }),
  on('block-storage', 'POST', /^\/volumes\/([^/]+)\/action$/, (store, ids, body) => {
    const [[name, wanted] = ['', null]] = Object.entries(body);
    const action = actions[name];
    if (action === undefined) throw new TypeError(`the cloud in memory has no action ${name}`);
    return action(store, at(ids, 0), isJsonObject(wanted) ? wanted : {});
  }),
  on('block-storage', 'DELETE', /^\/volumes\/([^/]+)\/metadata\/([^/]+)$/, (store, ids) => {
    const metadata = rowOf(store, '/volumes', at(ids, 0))['metadata'];
    const { [at(ids, 1)]: removed, ...left } = isJsonObject(metadata) ? metadata : {};
    if (removed === undefined) throw new Refused(404, 'no such key');
    change(store, '/volumes', at(ids, 0), { metadata: left });
    return null;
  }),
];

/** What the services do beyond rows, as far as the resource types make use of it; checked against real clouds elsewhere. */
export const memoryRoutes: readonly MemoryRoute[] = [
  ...identityRoutes,
  ...imageRoutes,
  ...networkRoutes,
  ...computeRoutes,
  ...serverRoutes,
  ...blockStorageRoutes,
  ...dnsRoutes,
  ...shareRoutes,
  ...keyRoutes,
  ...loadBalancerRoutes,
];
