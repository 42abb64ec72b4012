/** What Nova does with servers and their groups, as laws that the fake and real clouds pass alike. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, ContractCloud, Session } from './glance-session.ts';
import { at, text, until } from './glance-session.ts';
import type { ServerTenant } from './nova-servers-tenant.ts';
import { makeServerTenant, nova, removeServer, rowsOf, settled } from './nova-servers-tenant.ts';

const SCRIPT = Buffer.from('#!/bin/sh\n').toString('base64');

/** Keys of a server for its owner at 2.93, and what administrators see besides. */
const KEYS = [
  ...['id', 'name', 'status', 'tenant_id', 'user_id', 'metadata', 'hostId', 'image', 'flavor', 'created', 'updated'],
  ...['addresses', 'accessIPv4', 'accessIPv6', 'links', 'OS-DCF:diskConfig', 'progress', 'OS-EXT-AZ:availability_zone'],
  ...['config_drive', 'key_name', 'OS-SRV-USG:launched_at', 'OS-SRV-USG:terminated_at', 'security_groups'],
  ...['OS-EXT-STS:task_state', 'OS-EXT-STS:vm_state', 'OS-EXT-STS:power_state', 'os-extended-volumes:volumes_attached'],
  ...['locked', 'locked_reason', 'description', 'tags', 'trusted_image_certificates', 'OS-EXT-SRV-ATTR:hostname'],
];
const ADMIN_KEYS = [
  ...['OS-EXT-SRV-ATTR:host', 'OS-EXT-SRV-ATTR:instance_name', 'OS-EXT-SRV-ATTR:hypervisor_hostname', 'host_status'],
  ...['OS-EXT-SRV-ATTR:reservation_id', 'OS-EXT-SRV-ATTR:launch_index', 'OS-EXT-SRV-ATTR:kernel_id'],
  ...['OS-EXT-SRV-ATTR:ramdisk_id', 'OS-EXT-SRV-ATTR:root_device_name', 'OS-EXT-SRV-ATTR:user_data'],
];

/** The laws of servers. `cloudOf` is called once, before the first law. */
export function describeNovaServers(name: string, cloudOf: () => ContractCloud | Promise<ContractCloud>): void {
  describe(`servers of ${name}`, () => {
    let tenant: ServerTenant;
    let session: Session;
    let admin: Session;

    beforeAll(async () => {
      tenant = await makeServerTenant(await cloudOf());
      ({ session, admin } = tenant);
    });
    afterAll(async () => {
      await tenant.remove();
    });

    const create = (server: object, version?: string): Promise<Answer> =>
      nova(session, 'POST', '/servers', { server: { name: 'x', flavorRef: tenant.flavor, ...server } }, version);

    it('shows a group as each microversion knows it, and lists all by the mere presence of all_projects', async () => {
      const rules = { max_server_per_host: 3 };
      const wanted = { server_group: { name: 'g', policy: 'anti-affinity', rules } };
      const made = await nova(session, 'POST', '/os-server-groups', wanted);
      const id = text(made, 'server_group', 'id');
      const owner = { project_id: session.projectId, user_id: session.userId };
      const shown = { id, name: 'g', policy: 'anti-affinity', rules, members: [], ...owner };
      expect([made.status, at(made, 'server_group')]).toEqual([200, shown]);
      const old = await nova(session, 'GET', `/os-server-groups/${id}`, undefined, '2.1');
      expect(at(old, 'server_group')).toEqual({
        id,
        name: 'g',
        policies: ['anti-affinity'],
        metadata: {},
        members: [],
      });
      const all = await nova(admin, 'GET', '/os-server-groups?all_projects=False');
      expect(rowsOf(all, 'server_groups')).toContainEqual(shown);
      expect(rowsOf(await nova(admin, 'GET', '/os-server-groups'), 'server_groups')).not.toContainEqual(shown);
      expect(rowsOf(await nova(session, 'GET', '/os-server-groups?all_projects=True'), 'server_groups')).toEqual([
        shown,
      ]);
      expect((await nova(session, 'DELETE', `/os-server-groups/${id}`)).status).toBe(204);
      expect(refusal(await nova(session, 'DELETE', `/os-server-groups/${id}`))).toEqual([
        ...[404, `Instance group ${id} could not be found.`],
      ]);
    });

    it.each([
      [
        { name: 'g', policy: 'affinity', rules: { max_server_per_host: 3 } },
        'Only anti-affinity policy supports rules.',
      ],
      [
        { name: 'g', policy: 'zz' },
        "Invalid input for field/attribute policy. Value: zz. 'zz' is not one of ['anti-affinity', 'affinity', 'soft-anti-affinity', 'soft-affinity']",
      ],
      [{ name: '', policy: 'affinity' }, "Invalid input for field/attribute name. Value: . '' is too short"],
    ])('refuses the group %j', async (server_group, message) => {
      expect(refusal(await nova(session, 'POST', '/os-server-groups', { server_group }))).toEqual([400, message]);
    });

    it('refuses a server that it can see to be wrong', async () => {
      const { image, diskless } = tenant;
      const [unknown, networks] = [randomUUID(), 'none'];
      const boot = 'Block Device Mapping is Invalid: ';
      const local = { boot_index: 0, source_type: 'image', destination_type: 'local', uuid: image };
      const blank = { source_type: 'blank', destination_type: 'volume', volume_size: 1 };
      const sequence = `${boot}Boot sequence for the instance and image/block device mapping combination is not valid.`;
      const cases: readonly (readonly [server: object, status: number, message: unknown])[] = [
        [{ networks }, 400, 'Missing imageRef attribute'],
        [{ networks, imageRef: unknown }, 400, 'Can not find requested image'],
        [{ networks, imageRef: image, key_name: 'nokey' }, 400, 'Invalid key_name provided.'],
        [{ networks, imageRef: image, flavorRef: 'nope' }, 400, 'Flavor nope could not be found.'],
        [{ networks, imageRef: image, foo: 1 }, 400, expect.stringMatching(/\('foo' was unexpected\)$/)],
        [{ imageRef: image }, 400, expect.stringMatching(/'networks' is a required property$/)],
        [{ imageRef: image, networks: [{}] }, 400, "Bad network format: missing 'uuid'"],
        [{ imageRef: image, networks: [{ port: unknown }] }, 400, `Port id ${unknown} could not be found.`],
        [{ imageRef: image, networks: [{ uuid: unknown }] }, 400, `Network ${unknown} could not be found.`],
        [
          { imageRef: image, networks: 'auto' },
          409,
          'Multiple possible networks found, use a Network ID to be more specific.',
        ],
        [
          { imageRef: image, networks: [{ uuid: tenant.front }], security_groups: [{ name: 'nosg' }] },
          400,
          "Unable to find security_group with name or id 'nosg'",
        ],
        [
          { networks, imageRef: image, availability_zone: 'zz' },
          400,
          'The requested availability zone is not available',
        ],
        [
          { networks, imageRef: image, flavorRef: diskless },
          403,
          'Only volume-backed servers are allowed for flavors with zero disk.',
        ],
        [{ networks, block_device_mapping_v2: [{ ...blank, boot_index: -1 }] }, 400, sequence],
        [{ networks, imageRef: image, block_device_mapping_v2: [local, { ...blank, boot_index: 2 }] }, 400, sequence],
        [{ networks, block_device_mapping_v2: [local] }, 400, `${boot}Mapping image to local is not supported.`],
        [
          { networks, block_device_mapping_v2: [{ ...local, destination_type: 'volume' }] },
          400,
          "Images with destination_type 'volume' need to have a non-zero size specified",
        ],
        [
          {
            ...{ networks, imageRef: image },
            block_device_mapping_v2: [local, { source_type: 'volume', destination_type: 'volume', uuid: unknown }],
          },
          400,
          `Volume ${unknown} could not be found.`,
        ],
        [
          { networks, imageRef: image, user_data: 'a' },
          400,
          "Invalid input for field/attribute user_data. Value: a. 'a' is not a 'base64'",
        ],
        [
          { networks, imageRef: image, tags: ['a,b'] },
          400,
          "Invalid input for field/attribute 0. Value: a,b. 'a,b' does not match '^[^,/]*$'",
        ],
        [
          { networks, imageRef: image, hostname: 'h.example.org' },
          400,
          "Invalid input for field/attribute hostname. Value: h.example.org. 'h.example.org' does not match '^[a-zA-Z0-9]+[a-zA-Z0-9-]*[a-zA-Z0-9]+$'",
        ],
      ];
      for (const [server, status, message] of cases) expect(refusal(await create(server))).toEqual([status, message]);
      expect(refusal(await create({ networks, imageRef: image, tags: ['a'] }, '2.51'))).toEqual([
        ...[400, expect.stringMatching(/\('tags' was unexpected\)$/)],
      ]);
      const hinted = {
        ...{ server: { name: 'x', flavorRef: tenant.flavor, networks, imageRef: image } },
        'os:scheduler_hints': { group: unknown },
      };
      expect(refusal(await nova(session, 'POST', '/servers', hinted))).toEqual([
        ...[400, `Instance group ${unknown} could not be found.`],
      ]);
    });

    it('builds a server of an image with ports in their order, a volume and all that a request can say', async () => {
      const group = { server_group: { name: 'g', policy: 'soft-anti-affinity' } };
      const groupId = text(await nova(session, 'POST', '/os-server-groups', group), 'server_group', 'id');
      const ports = [await tenant.makePort(tenant.back), await tenant.makePort(tenant.front)];
      const volume = await tenant.makeVolume({ name: 'data' });
      const server = {
        ...{
          name: 'Full Server_1',
          imageRef: tenant.image,
          flavorRef: tenant.flavor,
          description: 'd',
          tags: ['x', 'a'],
        },
        networks: [{ port: ports[0], tag: 'nic' }, { port: ports[1] }],
        ...{ key_name: tenant.key, user_data: SCRIPT, config_drive: true, metadata: { a: 'b' }, accessIPv4: '1.2.3.4' },
        ...{ 'OS-DCF:diskConfig': 'AUTO', accessIPv6: 'fd00::1' },
        block_device_mapping_v2: [
          { boot_index: 0, source_type: 'image', destination_type: 'local', uuid: tenant.image },
          { boot_index: -1, source_type: 'volume', destination_type: 'volume', uuid: volume, tag: 'disk' },
        ],
      };
      const made = await nova(session, 'POST', '/servers', { server, 'os:scheduler_hints': { group: groupId } });
      const id = text(made, 'server', 'id');
      const link = { rel: 'self', href: `${session.endpoint('compute')}/servers/${id}` };
      expect([made.status, made.headers.get('location'), at(made, 'server')]).toEqual([
        ...[202, link.href],
        {
          ...{ id, links: [link, expect.anything()], 'OS-DCF:diskConfig': 'AUTO', adminPass: expect.any(String) },
          security_groups: [{ name: 'default' }],
        },
      ]);
      const shown = at(await settled(session, id, 'ACTIVE'), 'server');
      expect(Object.keys(Object(shown)).sort()).toEqual([...KEYS, 'server_groups'].sort());
      expect(shown).toMatchObject({
        ...{ name: 'Full Server_1', 'OS-EXT-SRV-ATTR:hostname': 'full-server-1', description: 'd', tags: ['a', 'x'] },
        ...{ tenant_id: session.projectId, user_id: session.userId, key_name: tenant.key, config_drive: 'True' },
        ...{ metadata: { a: 'b' }, accessIPv4: '1.2.3.4', accessIPv6: 'fd00::1', locked: false, locked_reason: null },
        ...{
          image: { id: tenant.image },
          flavor: { disk: 1, vcpus: 1, ram: 64, ephemeral: 0, swap: 0, extra_specs: {} },
        },
        ...{ 'OS-EXT-STS:power_state': 1, 'OS-EXT-AZ:availability_zone': 'nova', server_groups: [groupId] },
        'os-extended-volumes:volumes_attached': [{ id: volume, delete_on_termination: false }],
        security_groups: [{ name: 'default' }, { name: 'default' }],
      });
      // The order of the cards shows in the addresses and nowhere else: os-interface is sorted by the ids of the ports.
      expect(Object.keys(Object(at({ body: shown }, 'addresses')))).toEqual(['back', 'front']);
      const interfaces = await nova(session, 'GET', `/servers/${id}/os-interface`);
      expect(rowsOf(interfaces, 'interfaceAttachments').map((row) => Object(row).port_id)).toEqual(ports.toSorted());
      const nic = rowsOf(interfaces, 'interfaceAttachments').find((row) => Object(row).port_id === ports[0]);
      expect(nic).toMatchObject({ net_id: tenant.back, tag: 'nic', port_state: 'ACTIVE', fixed_ips: [{}] });
      const whole = at(await nova(admin, 'GET', `/servers/${id}`), 'server');
      expect(Object.keys(Object(whole)).sort()).toEqual([...KEYS, ...ADMIN_KEYS, 'server_groups'].sort());
      expect(whole).toMatchObject({
        ...{ 'OS-EXT-SRV-ATTR:user_data': SCRIPT, 'OS-EXT-SRV-ATTR:root_device_name': '/dev/sda', host_status: 'UP' },
        ...{ 'OS-EXT-SRV-ATTR:kernel_id': '', 'OS-EXT-SRV-ATTR:launch_index': 0 },
      });
      const port = at(await session.call('network', 'GET', `/v2.0/ports/${ports[0] ?? ''}`), 'port');
      expect(port).toMatchObject({ ...{ device_id: id, device_owner: 'compute:nova', dns_name: 'full-server-1' } });
      const inUse = at(await session.call('volumev3', 'GET', `/volumes/${volume}`), 'volume');
      expect(inUse).toMatchObject({ status: 'in-use', attachments: [{ server_id: id, volume_id: volume }] });
      await showsByMicroversion(id);
      await keepsAttachments(id, volume);
      await keepsTags(id);
      await keepsMetadata(id);
      await changesNames(id);
      await keepsLock(id);
      await refusesWhatIsTaken(id, ports[0] ?? '', volume);
      await stopsAndStarts(id);
      await becomesImage(id);
      await goes(id, ports, volume);
    });

    async function showsByMicroversion(id: string): Promise<void> {
      const keys = async (version: string): Promise<string[]> =>
        Object.keys(Object(at(await nova(session, 'GET', `/servers/${id}`, undefined, version), 'server')));
      const since: readonly (readonly [version: string, before: string, key: string])[] = [
        ['2.9', '2.8', 'locked'],
        ['2.19', '2.18', 'description'],
        ['2.26', '2.25', 'tags'],
        ['2.63', '2.62', 'trusted_image_certificates'],
        ['2.71', '2.70', 'server_groups'],
        ['2.73', '2.72', 'locked_reason'],
        ['2.90', '2.89', 'OS-EXT-SRV-ATTR:hostname'],
      ];
      for (const [version, before, key] of since) {
        expect([key, await keys(before)]).not.toEqual([key, expect.arrayContaining([key])]);
        expect([key, await keys(version)]).toEqual([key, expect.arrayContaining([key])]);
      }
      const flavor = at(await nova(session, 'GET', `/servers/${id}`, undefined, '2.46'), 'server', 'flavor');
      expect(flavor).toEqual({ id: tenant.flavor, links: [expect.anything()] });
      const [listed] = rowsOf(await nova(session, 'GET', '/servers/detail'), 'servers');
      expect(Object.keys(Object(listed)).sort()).toEqual(KEYS.toSorted());
    }

    async function keepsAttachments(id: string, volume: string): Promise<void> {
      const path = `/servers/${id}/os-volume_attachments`;
      const first = { volumeId: volume, serverId: id, device: '/dev/sdb' };
      const since = { ...first, tag: 'disk', delete_on_termination: false };
      const list = async (version?: string): Promise<unknown[]> =>
        rowsOf(await nova(session, 'GET', path, undefined, version), 'volumeAttachments');
      expect(await list('2.1')).toEqual([{ ...first, id: volume }]);
      expect(await list('2.79')).toEqual([{ ...since, id: volume }]);
      const newest = { ...since, attachment_id: expect.any(String), bdm_uuid: expect.any(String) };
      expect(await list()).toEqual([newest]);
      const put = (volumeAttachment: object): Promise<Answer> =>
        nova(session, 'PUT', `${path}/${volume}`, { volumeAttachment });
      expect((await put({ volumeId: volume, delete_on_termination: true })).status).toBe(202);
      expect(await list()).toEqual([{ ...newest, delete_on_termination: true }]);
      expect(refusal(await put({ volumeId: volume, tag: 'zz' }))).toEqual([400, 'The tag property is not mutable']);
    }

    async function keepsTags(id: string): Promise<void> {
      const tags = (method: string, path = '', json?: object): Promise<Answer> =>
        nova(session, method, `/servers/${id}/tags${path}`, json);
      expect((await tags('GET')).body).toEqual({ tags: ['a', 'x'] });
      expect([(await tags('PUT', '/new')).status, (await tags('PUT', '/new')).status]).toEqual([201, 204]);
      expect((await tags('PUT', '', { tags: ['q', 'b'] })).body).toEqual({ tags: ['b', 'q'] });
      expect([(await tags('DELETE', '/q')).status, (await tags('GET', '/b')).status]).toEqual([204, 204]);
      expect(refusal(await tags('DELETE', '/q'))).toEqual([404, `Instance ${id} has no tag 'q'`]);
      expect(await names('?tags=b')).toEqual(['Full Server_1']);
      expect(await names('?tags=b,zz')).toEqual([]);
    }

    async function keepsMetadata(id: string): Promise<void> {
      const metadata = (method: string, path = '', json?: object): Promise<Answer> =>
        nova(session, method, `/servers/${id}/metadata${path}`, json);
      expect((await metadata('POST', '', { metadata: { c: 'd' } })).body).toEqual({ metadata: { a: 'b', c: 'd' } });
      expect((await metadata('PUT', '', { metadata: { e: 'f' } })).body).toEqual({ metadata: { e: 'f' } });
      expect((await metadata('PUT', '/g', { meta: { g: 'h' } })).body).toEqual({ meta: { g: 'h' } });
      expect((await metadata('DELETE', '/g')).status).toBe(204);
      expect(refusal(await metadata('DELETE', '/g'))).toEqual([404, 'Metadata item was not found']);
      expect(refusal(await nova(admin, 'GET', '/servers?all_tenants=1&metadata=x'))).toEqual([
        ...[400, 'Invalid filter field: metadata.'],
      ]);
    }

    async function changesNames(id: string): Promise<void> {
      const put = (server: object, version?: string): Promise<Answer> =>
        nova(session, 'PUT', `/servers/${id}`, { server }, version);
      const changed = at(await put({ name: 'renamed', description: null }), 'server');
      expect(changed).toMatchObject({
        name: 'renamed',
        description: null,
        'OS-EXT-SRV-ATTR:hostname': 'full-server-1',
      });
      expect(Object.keys(Object(changed)).sort()).toEqual([...KEYS, 'server_groups'].sort());
      expect(at(await put({ hostname: 'other' }), 'server', 'OS-EXT-SRV-ATTR:hostname')).toBe('other');
      expect(refusal(await put({ hostname: 'other' }, '2.89'))[0]).toBe(400);
      const old = Object(at(await put({ name: 'renamed' }, '2.74'), 'server'));
      expect([old.key_name, old['OS-EXT-STS:vm_state'], old.name]).toEqual([undefined, undefined, 'renamed']);
    }

    async function keepsLock(id: string): Promise<void> {
      const act = (who: Session, action: object): Promise<Answer> => nova(who, 'POST', `/servers/${id}/action`, action);
      expect((await act(session, { lock: { locked_reason: 'why' } })).status).toBe(202);
      const shown = at(await nova(session, 'GET', `/servers/${id}`), 'server');
      expect(shown).toMatchObject({ locked: true, locked_reason: 'why' });
      const locked = [409, `Instance ${id} is locked`];
      expect(refusal(await act(session, { 'os-stop': null }))).toEqual(locked);
      expect(refusal(await nova(session, 'DELETE', `/servers/${id}`))).toEqual(locked);
      expect(refusal(await nova(session, 'POST', `/servers/${id}/metadata`, { metadata: { x: 'y' } }))).toEqual(locked);
      expect((await nova(session, 'PUT', `/servers/${id}`, { server: { name: 'renamed' } })).status).toBe(200);
      expect((await act(session, { unlock: null })).status).toBe(202);
      await act(admin, { lock: null });
      expect(refusal(await act(session, { unlock: null }))[0]).toBe(403);
      await act(admin, { unlock: null });
      expect(refusal(await act(session, { zz: null }))).toEqual([400, 'There is no such action: zz']);
    }

    async function refusesWhatIsTaken(id: string, port: string, volume: string): Promise<void> {
      expect(refusal(await create({ imageRef: tenant.image, networks: [{ port }] }))).toEqual([
        ...[409, `Port ${port} is still in use.`],
      ]);
      const taken = await create({
        ...{ imageRef: tenant.image, networks: 'none' },
        block_device_mapping_v2: [
          { boot_index: 0, source_type: 'image', destination_type: 'local', uuid: tenant.image },
          { boot_index: -1, source_type: 'volume', destination_type: 'volume', uuid: volume },
        ],
      });
      expect(refusal(taken)).toEqual([
        ...[400, expect.stringContaining('status must be available or downloading to reserve, but the current status')],
      ]);
      expect(await names('?name=^rename')).toEqual(['renamed']);
      expect(await names(`?uuid=${randomUUID()}`)).toEqual(['renamed']);
      const own = `/servers?all_tenants=1&project_id=${session.projectId}`;
      expect(rowsOf(await nova(admin, 'GET', own), 'servers')).toMatchObject([{ id }]);
      const project = await nova(admin, 'GET', `/servers?project_id=${session.projectId}`);
      expect(rowsOf(project, 'servers')).not.toContainEqual(expect.objectContaining({ id }));
      expect(text(await nova(session, 'GET', '/servers?limit=1'), 'servers_links', '0', 'href')).toContain(
        `/servers?limit=1&marker=${id}`,
      );
      expect(refusal(await nova(session, 'GET', '/servers?marker=nope'))).toEqual([400, 'marker [nope] not found']);
      expect(refusal(await nova(session, 'GET', '/servers?foo=1'))).toEqual([
        ...[400, "'foo' does not match any of the regexes: '^_'"],
      ]);
      expect(refusal(await nova(session, 'GET', '/servers?all_tenants=1'))[0]).toBe(403);
    }

    async function stopsAndStarts(id: string): Promise<void> {
      const act = (action: string): Promise<Answer> =>
        nova(session, 'POST', `/servers/${id}/action`, { [action]: null });
      expect(refusal(await act('os-start'))).toEqual([
        ...[409, `Cannot 'start' instance ${id} while it is in vm_state active`],
      ]);
      expect((await act('os-stop')).status).toBe(202);
      const stopped = at(await settled(session, id, 'SHUTOFF'), 'server');
      expect(stopped).toMatchObject({ 'OS-EXT-STS:vm_state': 'stopped', 'OS-EXT-STS:power_state': 4 });
      expect(Object(stopped).progress).toBeUndefined();
      expect((await act('os-start')).status).toBe(202);
      await settled(session, id, 'ACTIVE');
    }

    async function becomesImage(id: string): Promise<void> {
      const createImage = { name: 'snap', metadata: { k: 'v' } };
      const made = await nova(session, 'POST', `/servers/${id}/action`, { createImage });
      expect([made.status, made.body]).toEqual([202, { image_id: expect.any(String) }]);
      expect(refusal(await nova(session, 'POST', `/servers/${id}/action`, { createImage }))).toEqual([
        ...[409, expect.stringMatching(/^Cannot 'createImage' instance .* while it is in task_state image_/)],
      ]);
      const path = `/v2/images/${text(made, 'image_id')}`;
      const image = await until(
        () => session.call('image', 'GET', path),
        (answer) => at(answer, 'status') === 'active',
      );
      expect(image.body).toMatchObject({
        ...{ name: 'snap', container_format: 'bare', visibility: 'private', owner: session.projectId, min_disk: 1 },
        ...{ os_distro: 'debian', hw_disk_bus: 'virtio', k: 'v', base_image_ref: tenant.image, image_type: 'snapshot' },
        ...{ instance_uuid: id, user_id: session.userId, image_location: 'snapshot', image_state: 'available' },
        ...{ owner_id: session.projectId, owner_user_name: expect.any(String), owner_project_name: expect.any(String) },
        boot_roles: expect.stringContaining('member'),
      });
      await settled(session, id, 'ACTIVE');
    }

    async function goes(id: string, ports: readonly string[], volume: string): Promise<void> {
      expect((await nova(session, 'DELETE', `/servers/${id}`)).status).toBe(204);
      const going = await nova(session, 'GET', `/servers/${id}`);
      expect([going.status, at(going, 'server', 'OS-EXT-STS:task_state')]).toEqual([200, 'deleting']);
      expect((await nova(session, 'DELETE', `/servers/${id}`)).status).toBe(204);
      await removeServer(session, id);
      for (const port of ports) {
        const free = { device_id: '', device_owner: '', status: 'DOWN', dns_name: '' };
        expect(at(await session.call('network', 'GET', `/v2.0/ports/${port}`), 'port')).toMatchObject(free);
      }
      await until(
        () => session.call('volumev3', 'GET', `/volumes/${volume}`),
        ({ status }) => status === 404,
      );
      expect(refusal(await nova(session, 'GET', `/servers/${id}`))).toEqual([
        404,
        `Instance ${id} could not be found.`,
      ]);
    }

    it('builds a server of a volume, with a blank one, on a port of its own', async () => {
      const root = await tenant.makeVolume({ imageRef: tenant.image });
      const made = await create({
        ...{ name: 'bfv', flavorRef: tenant.diskless, networks: [{ uuid: tenant.front }] },
        block_device_mapping_v2: [
          { boot_index: 0, source_type: 'volume', destination_type: 'volume', uuid: root },
          {
            ...{ boot_index: -1, source_type: 'blank', destination_type: 'volume', volume_size: 1 },
            delete_on_termination: true,
          },
        ],
      });
      const id = text(made, 'server', 'id');
      const shown = await settled(session, id, 'ACTIVE');
      expect(at(shown, 'server')).toMatchObject({
        image: '',
        key_name: null,
        config_drive: '',
        tags: [],
        description: null,
      });
      const attachments = rowsOf(
        await nova(session, 'GET', `/servers/${id}/os-volume_attachments`),
        'volumeAttachments',
      );
      expect(attachments).toMatchObject([
        { volumeId: root, device: '/dev/sda', delete_on_termination: false },
        { device: '/dev/sdb', delete_on_termination: true, tag: null },
      ]);
      const blank = String(Object(attachments[1]).volumeId);
      expect(at(await session.call('volumev3', 'GET', `/volumes/${blank}`), 'volume')).toMatchObject({
        ...{ name: `${id}-blank-vol`, status: 'in-use', size: 1, bootable: 'false' },
      });
      const interfaces = await nova(session, 'GET', `/servers/${id}/os-interface`);
      const [port] = rowsOf(interfaces, 'interfaceAttachments').map((row) => String(Object(row).port_id));
      const image = await nova(session, 'POST', `/servers/${id}/action`, { createImage: { name: 'bfv-snap' } });
      const snapped = await session.call('image', 'GET', `/v2/images/${text(image, 'image_id')}`);
      expect(snapped.body).toMatchObject({
        ...{ status: 'active', size: 0, bdm_v2: 'True', root_device_name: '/dev/sda', base_image_ref: '' },
        ...{ os_distro: 'debian', min_disk: 0, container_format: 'bare' },
      });
      const mapping: unknown = JSON.parse(text(snapped, 'block_device_mapping'));
      const fromSnapshot = { source_type: 'snapshot', destination_type: 'volume', snapshot_id: expect.any(String) };
      expect(mapping).toMatchObject([
        { ...fromSnapshot, boot_index: 0, device_name: '/dev/sda', volume_size: 1, delete_on_termination: false },
        { ...fromSnapshot, boot_index: -1, device_name: '/dev/sdb', delete_on_termination: true },
      ]);
      await removeServer(session, id);
      expect((await session.call('network', 'GET', `/v2.0/ports/${port ?? ''}`)).status).toBe(404);
      // A volume with snapshots outlives its server, whatever was asked for, and nobody is told.
      for (const volume of [root, blank]) {
        expect(at(await session.call('volumev3', 'GET', `/volumes/${volume}`), 'volume')).toMatchObject({
          ...{ status: 'available', attachments: [] },
        });
      }
    });

    it('puts a server in ERROR whose port has another host name, and gives the port back', async () => {
      const port = await tenant.makePort(tenant.front, { dns_name: 'somebody' });
      const made = await create({ imageRef: tenant.image, networks: [{ port }] });
      const id = text(made, 'server', 'id');
      const failed = await settled(session, id, 'ERROR');
      expect(at(failed, 'server', 'fault')).toMatchObject({ code: 500, message: expect.any(String) });
      await removeServer(session, id);
      expect(at(await session.call('network', 'GET', `/v2.0/ports/${port}`), 'port', 'device_id')).toBe('');
    });

    it('describes a server by its name before 2.19, and numbers those of one request', async () => {
      const old = await create({ name: 'old', imageRef: tenant.image, networks: [{ uuid: tenant.front }] }, '2.1');
      const id = text(old, 'server', 'id');
      expect(at(await nova(session, 'GET', `/servers/${id}`), 'server', 'description')).toBe('old');
      await removeServer(session, id);
      const many = { name: 'm', imageRef: tenant.image, networks: 'none', min_count: 2, return_reservation_id: true };
      expect((await create(many)).body).toEqual({ reservation_id: expect.stringMatching(/^r-[a-z0-9]{8}$/) });
      expect((await names('?name=^m-')).sort()).toEqual(['m-1', 'm-2']);
    });

    async function names(query: string): Promise<unknown[]> {
      return rowsOf(await nova(session, 'GET', `/servers${query}`), 'servers').map((row) => Object(row).name);
    }
  });
}

/** Status and message of a refusal. */
function refusal(answer: Answer): [status: number, message: unknown] {
  const [name = ''] = Object.keys(Object(answer.body));
  return [answer.status, at(answer, name, 'message')];
}
