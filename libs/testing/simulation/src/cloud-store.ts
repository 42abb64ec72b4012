import { equalJson, isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import type { Query, Request } from '@osm/resource';
import { marks, type Row } from './cloud-row.ts';
import type { Faults } from './faults.ts';
import { sumOf } from './sum-of.ts';
import type { Timeline } from './timeline.ts';

/** A collection of a cloud. */
interface Shelf {
  /** The envelope of one; null where bodies have none. */
  readonly one: string | null;
  /** What a row shows that nobody has set. */
  readonly blank: JsonObject;
  /** Attributes of which each combination is allowed once. */
  readonly unique: readonly string[];
  /** Whether a row takes its time to be made and to go. */
  readonly isSlow: boolean;
  readonly rows: Map<string, Row>;
}

const shelf = (one: string | null, unique: readonly string[] = [], blank: JsonObject = {}, isSlow = false): Shelf => ({
  ...{ one, blank, unique, isSlow },
  rows: new Map(),
});

const rule = ['security_group_id', 'direction', 'ethertype', 'protocol', 'port_range_min', 'remote_group_id'];

const shelves = (): { readonly [path: string]: Shelf } => ({
  '/projects': shelf('project', ['name'], { enabled: true, tags: [], options: {}, description: '' }),
  '/roles': shelf('role', ['name']),
  '/networks': shelf('network', [], { description: '' }),
  '/subnets': shelf('subnet', ['network_id', 'cidr'], { description: '' }),
  '/security-groups': shelf('security_group', [], { description: '' }),
  '/security-group-rules': shelf('security_group_rule', rule, { remote_group_id: null, remote_address_group_id: null }),
  '/routers': shelf('router', [], { description: '', external_gateway_info: null, routes: [] }),
  '/ports': shelf('port', [], { description: '', device_id: '', device_owner: '' }),
  '/disks': shelf('disk', [], { status: 'available', metadata: {} }, true),
  '/copies': shelf('copy', [], { status: 'available', sum: null }, true),
  '/pictures': shelf(null, [], { sum: null }),
});

/** Attributes that name another row: it must be there, and cannot go before. */
const references: { readonly [attribute: string]: string } = {
  project_id: '/projects',
  network_id: '/networks',
  subnet_id: '/subnets',
  security_group_id: '/security-groups',
  remote_group_id: '/security-groups',
};

/** An answer that is no success. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Everything that one cloud holds; it outlives every process, and sees each request in the moment that it arrives. */
export class CloudStore {
  readonly shelves = shelves();
  /** Role assignments, by path. */
  readonly assignments = new Set<string>();
  readonly bytes = new Map<string, Buffer>();
  /** Hears of each row that is made. */
  onMade: (path: string, row: Row) => void = () => undefined;
  #made = 0;

  constructor(
    readonly name: string,
    private readonly timeline: Timeline,
    private readonly faults: Faults,
  ) {}

  /** Puts a row there before the beginning. */
  keep(path: string, attributes: JsonObject): void {
    const { blank, rows } = this.#shelf(path);
    rows.set(String(attributes['id']), { attributes: { ...blank, ...attributes }, mark: undefined, madeBy: undefined });
  }

  rows(path: string): readonly JsonObject[] {
    return [...this.#shelf(path).rows.values()].map(({ attributes }) => attributes);
  }

  /** A row disappears behind everybody's back. */
  lose(path: string, id: string): void {
    this.#shelf(path).rows.delete(id);
  }

  list(path: string, query: Query): readonly JsonObject[] {
    return this.rows(path)
      .map((row) => this.#shown(path, row))
      .filter((row) => Object.entries(query).every(([name, wanted]) => isFound(row, name, wanted)));
  }

  /** Keystone gives a token for a project to those who have a role in it. */
  mustLetIn(project: string): void {
    if (project === 'admin') return;
    const prefix = `/projects/${project}/users/`;
    if (![...this.assignments].some((assignment) => assignment.startsWith(prefix))) {
      throw new Refused(403, `nobody of us has a role in project ${project}`);
    }
  }

  /** Does what is asked and answers the body. `project` is that of the token, `by` who asks. */
  handle({ method, path, body }: Request, project: string, by: string): Json {
    const special = this.#special(method, path, isJsonObject(body) ? body : {});
    if (special !== undefined) return special.answer;
    const [, collection, id] = /^(\/[a-z-]+)(?:\/([^/]+))?$/.exec(path) ?? [];
    if (collection === undefined) throw new TypeError(`${this.name} has no ${method} ${path}`);
    const place = this.#shelf(collection);
    if (method === 'POST' && id === undefined)
      return wrapped(place, this.#create(collection, unwrapped(place, body), project, by));
    const row = this.#row(collection, id ?? '');
    switch (method) {
      case 'GET':
        return wrapped(place, this.#shown(collection, row.attributes));
      case 'PUT':
      case 'PATCH':
        return wrapped(place, this.#change(collection, id ?? '', unwrapped(place, body)));
      case 'DELETE':
        this.#remove(collection, id ?? '');
        return null;
      default:
        throw new TypeError(`${this.name} has no ${method} ${path}`);
    }
  }

  /** Takes the data of a row. */
  store(path: string, id: string, bytes: Buffer): void {
    const { attributes } = this.#row(path, id);
    if (attributes['sum'] != null) throw new Refused(409, `${path}/${id} has its data`);
    this.#fill(path, id, bytes);
  }

  bytesOf(path: string, id: string): Buffer {
    this.#row(path, id);
    const bytes = this.bytes.get(id);
    if (bytes === undefined) throw new Refused(404, `${path}/${id} has no data`);
    return bytes;
  }

  #shelf(path: string): Shelf {
    const found = this.shelves[path];
    if (found === undefined) throw new TypeError(`${this.name} has no ${path}`);
    return found;
  }

  #row(path: string, id: string): Row {
    const row = this.#shelf(path).rows.get(id);
    if (row === undefined) throw new Refused(404, `${this.name} has no ${path}/${id}`);
    return row;
  }

  #shown(path: string, row: JsonObject): JsonObject {
    if (path !== '/security-groups') return row;
    const rules = this.rows('/security-group-rules').filter(({ security_group_id: id }) => id === row['id']);
    return { ...row, security_group_rules: [...rules] };
  }

  #create(path: string, body: JsonObject, project: string, by: string): JsonObject {
    const { blank, unique, rows, isSlow } = this.#shelf(path);
    for (const [attribute, there] of Object.entries(references)) {
      const id = body[attribute];
      if (typeof id === 'string' && !this.#shelf(there).rows.has(id))
        throw new Refused(404, `there is no ${attribute} ${id}`);
    }
    if (path === '/disks') this.#mustBeMadeOfData(body);
    if (typeof body['disk'] === 'string') this.#row('/disks', body['disk']);
    const id = typeof body['id'] === 'string' ? body['id'] : `${this.name}-${path.slice(1)}-${(this.#made += 1)}`;
    const owner = path === '/disks' ? { project_id: project } : {};
    const attributes: JsonObject = { ...blank, ...body, ...owner, id, ...(isSlow ? { status: 'creating' } : {}) };
    const same = (other: JsonObject): boolean =>
      unique.every((name) => equalJson(other[name] ?? null, attributes[name] ?? null));
    if (rows.has(id) || (unique.length > 0 && this.rows(path).some(same)))
      throw new Refused(409, `${path} has one like it`);
    const row: Row = { attributes, mark: marks(attributes), madeBy: by };
    rows.set(id, row);
    this.onMade(path, row);
    if (path === '/security-groups') this.#letOut(id, attributes['project_id'] ?? null);
    if (isSlow) this.#build(path, id);
    return this.#shown(path, attributes);
  }

  /** Cinder makes it of an image that must be whole. */
  #mustBeMadeOfData({ copy }: JsonObject): void {
    if (this.#row('/copies', String(copy)).attributes['sum'] == null)
      throw new Refused(400, `copy ${String(copy)} has no data`);
  }

  /** What Neutron gives each new group. */
  #letOut(group: string, project: Json): void {
    for (const ethertype of ['IPv4', 'IPv6']) {
      const body = { project_id: project, security_group_id: group, direction: 'egress', ethertype, protocol: null };
      this.#create(
        '/security-group-rules',
        { ...body, port_range_min: null, port_range_max: null, remote_ip_prefix: null },
        '',
        this.name,
      );
    }
  }

  #build(path: string, id: string): void {
    const fails = path === '/disks' && this.faults.happens('build-fails');
    this.timeline.after(200 + ((this.#made * 7919) % 9000), () => {
      const row = this.#shelf(path).rows.get(id);
      if (row === undefined) return;
      this.#change(path, id, { status: fails ? 'error' : 'available' });
      const { disk } = row.attributes;
      if (typeof disk === 'string') this.#fill(path, id, Buffer.from(`what is on disk ${disk}`));
    });
  }

  #fill(path: string, id: string, bytes: Buffer): void {
    this.bytes.set(id, bytes);
    this.#change(path, id, { sum: sumOf(bytes) });
  }

  #change(path: string, id: string, changes: JsonObject): JsonObject {
    const { rows } = this.#shelf(path);
    const row = this.#row(path, id);
    const attributes = { ...row.attributes, ...changes };
    rows.set(id, { ...row, attributes });
    return this.#shown(path, attributes);
  }

  #remove(path: string, id: string): void {
    const { isSlow, rows } = this.#shelf(path);
    const user = this.#userOf(path, id);
    if (user !== undefined) throw new Refused(409, `${path}/${id} is in use by ${user}`);
    if (path === '/security-groups') this.#removeRules(id);
    if (!isSlow) return void rows.delete(id);
    if (this.#row(path, id).attributes['status'] === 'creating') throw new Refused(400, `${path}/${id} is being made`);
    this.#change(path, id, { status: 'deleting' });
    this.timeline.after(700, () => rows.delete(id));
  }

  /** Neutron deletes with a group its rules, and those of other groups that name it. */
  #removeRules(group: string): void {
    for (const { id, security_group_id: of, remote_group_id: remote } of this.rows('/security-group-rules')) {
      if (of !== group && remote !== group) continue;
      this.lose('/security-group-rules', String(id));
    }
  }

  #userOf(path: string, id: string): string | undefined {
    // Keystone knows nothing of what the other services keep for a project.
    if (path === '/projects' || path === '/security-groups') return undefined;
    const names = Object.entries(references).filter(([, there]) => there === path);
    for (const [collection, { rows }] of Object.entries(this.shelves)) {
      for (const { attributes } of rows.values()) {
        const uses =
          names.some(([attribute]) => attributes[attribute] === id) ||
          (path === '/routers' && attributes['device_id'] === id);
        const isTied = path === '/subnets' && subnetsOf(attributes).includes(id);
        if (uses || isTied) return `${collection}/${String(attributes['id'])}`;
      }
    }
    return undefined;
  }

  #special(method: string, path: string, body: JsonObject): { readonly answer: Json } | undefined {
    const [, router, act] = /^\/routers\/([^/]+)\/(add|remove)_router_interface$/.exec(path) ?? [];
    if (router !== undefined) return { answer: act === 'add' ? this.#tie(router, body) : this.#untie(router, body) };
    const [, disk, key] = /^\/disks\/([^/]+)\/metadata\/([^/]+)$/.exec(path) ?? [];
    if (disk !== undefined && key !== undefined) return { answer: this.#unset(disk, key) };
    const [, project, tag] = /^\/projects\/([^/]+)\/tags\/([^/]+)$/.exec(path) ?? [];
    if (project !== undefined && tag !== undefined) return { answer: this.#tag(project, tag, method) };
    if (!/^\/projects\/[^/]+\/users\//.test(path)) return undefined;
    if (method === 'PUT') this.assignments.add(path);
    else if (!this.assignments.has(path)) throw new Refused(404, 'no such assignment');
    else if (method === 'DELETE') this.assignments.delete(path);
    return { answer: null };
  }

  #tie(router: string, { subnet_id: subnet, port_id: port }: JsonObject): Json {
    const tied = { device_id: router, device_owner: 'network:router_interface' };
    this.#row('/routers', router);
    if (typeof port === 'string') {
      if (this.#row('/ports', port).attributes['device_id'] !== '') throw new Refused(409, 'the port is in use');
      return this.#change('/ports', port, tied);
    }
    const id = String(subnet);
    if (this.list('/ports', { device_id: router }).some((other) => subnetsOf(other).includes(id))) {
      throw new Refused(400, 'the router has a port on the subnet');
    }
    const { network_id, gateway_ip } = this.#row('/subnets', id).attributes;
    const fixed = [{ subnet_id: id, ip_address: gateway_ip ?? null }];
    return this.#create('/ports', { ...tied, network_id: network_id ?? null, fixed_ips: fixed }, '', this.name);
  }

  #untie(router: string, { port_id: port }: JsonObject): null {
    this.#row('/routers', router);
    this.#row('/ports', String(port));
    this.lose('/ports', String(port));
    return null;
  }

  #unset(disk: string, key: string): null {
    const { metadata } = this.#row('/disks', disk).attributes;
    const { [key]: removed, ...left } = isJsonObject(metadata) ? metadata : {};
    if (removed === undefined) throw new Refused(404, `there is no ${key}`);
    this.#change('/disks', disk, { metadata: left });
    return null;
  }

  #tag(project: string, tag: string, method: string): null {
    const tags = this.#row('/projects', project).attributes['tags'];
    const known = Array.isArray(tags) ? tags.map(String) : [];
    if (method === 'PUT' && known.includes(tag)) throw new Refused(400, 'it has the tag');
    if (method === 'DELETE' && !known.includes(tag)) throw new Refused(404, 'no such tag');
    this.#change('/projects', project, {
      tags: method === 'PUT' ? [...known, tag] : known.filter((one) => one !== tag),
    });
    return null;
  }
}

const subnetsOf = ({ fixed_ips: fixed }: JsonObject): readonly string[] =>
  Array.isArray(fixed) ? fixed.filter(isJsonObject).map(({ subnet_id: id }) => String(id)) : [];

/** Words of queries that choose no rows. */
const wide = ['all_tenants', 'fields', 'limit'];

const isFound = (row: JsonObject, name: string, wanted: string | readonly string[]): boolean => {
  if (wide.includes(name)) return true;
  const value = row[name];
  if (name === 'metadata') {
    const asked = JSON.parse(String(wanted)) as JsonObject;
    return isJsonObject(value) && Object.entries(asked).every(([key, one]) => equalJson(one, value[key]));
  }
  return (Array.isArray(wanted) ? wanted : [wanted]).includes(String(value));
};

const wrapped = ({ one }: Shelf, row: JsonObject): Json => (one === null ? row : { [one]: row });

const unwrapped = ({ one }: Shelf, body: unknown): JsonObject => {
  const inner = one === null || !isJsonObject(body) ? body : body[one];
  if (isJsonObject(inner)) return inner;
  throw new Refused(400, `no ${String(one)} in the body`);
};
