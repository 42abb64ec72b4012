/** What Manila does, as laws that the fake and real clouds pass alike. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, ContractCloud, Session, Tenant } from './glance-session.ts';
import { at, makeTenant, signIn, text, uniqueName, until } from './glance-session.ts';

const STAMP = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
const TEXT = expect.any(String);

/** The newest microversion that both releases have, and the one that we write with. */
const NEWEST = '2.73';
const WRITE = '2.45';

const manila = (session: Session, method: string, path: string, json?: unknown, version = NEWEST): Promise<Answer> => {
  const headers = { 'X-OpenStack-Manila-API-Version': version };
  return session.call('sharev2', method, path, json === undefined ? { headers } : { json, headers });
};

/** The laws of Manila. `cloudOf` is called once, before the first law. */
export function describeManila(name: string, cloudOf: () => ContractCloud | Promise<ContractCloud>): void {
  describe(`manila of ${name}`, () => {
    let admin: Session;
    let tenant: Tenant;
    const made: string[] = [];
    const types: string[] = [];

    beforeAll(async () => {
      const cloud = await cloudOf();
      admin = await signIn(cloud);
      tenant = await makeTenant(cloud, admin);
    });
    afterAll(async () => {
      for (const id of made) await manila(admin, 'DELETE', `/shares/${id}`);
      for (const id of made) {
        await until(
          () => manila(admin, 'GET', `/shares/${id}`),
          ({ status }) => status === 404,
        );
      }
      for (const id of types) await manila(admin, 'DELETE', `/types/${id}`);
      await tenant.remove();
    });

    const create = async (session: Session, share: object): Promise<Answer> => {
      const answer = await manila(session, 'POST', '/shares', { share }, WRITE);
      if (answer.status === 200) made.push(text(answer, 'share', 'id'));
      return answer;
    };
    const available = async (session: Session, share: object = {}): Promise<string> => {
      const id = text(await create(session, { size: 1, share_proto: 'NFS', ...share }), 'share', 'id');
      await until(
        () => manila(session, 'GET', `/shares/${id}`),
        (answer) => at(answer, 'share', 'status') === 'available',
      );
      return id;
    };
    const createType = async (type: object): Promise<Answer> => {
      const specs = { driver_handles_share_servers: 'False', snapshot_support: 'True' };
      const share_type = { name: uniqueName('type'), extra_specs: specs, ...type };
      const answer = await manila(admin, 'POST', '/types', { share_type }, WRITE);
      if (answer.status === 200) types.push(text(answer, 'share_type', 'id'));
      return answer;
    };
    const act = (session: Session, id: string, action: object): Promise<Answer> =>
      manila(session, 'POST', `/shares/${id}/action`, action, WRITE);
    const allow = (id: string, rule: object, session = tenant.session): Promise<Answer> =>
      act(session, id, { allow_access: { access_type: 'ip', access_level: 'ro', ...rule } });
    const rules = (id: string, session = tenant.session): Promise<Answer> =>
      manila(session, 'GET', `/share-access-rules?share_id=${id}`, undefined, WRITE);
    const settled = (id: string): Promise<Answer> =>
      until(
        () => rules(id),
        (answer) => !/queued|applying|denying|updating/.test(JSON.stringify(answer.body)),
      );

    it('says how far its microversions go: at the root to everybody, at the versioned one to those with a token', async () => {
      const root = admin.endpoint('sharev2').replace(/\/v2$/, '');
      const current = {
        id: 'v2.0',
        status: 'CURRENT',
        min_version: '2.0',
        version: expect.stringMatching(/^2\.\d\d$/),
      };
      const open = await fetch(`${root}/`);
      expect([open.status, await open.json()]).toMatchObject([
        300,
        { versions: expect.arrayContaining([expect.objectContaining(current)]) },
      ]);
      expect((await fetch(`${root}/v2/`)).status).toBe(401);
      expect((await manila(admin, 'GET', '/')).body).toMatchObject({ versions: [current] });
    });

    it('takes microversions in a header of its own, and refuses those it has not', async () => {
      expect((await manila(admin, 'GET', '/shares', undefined, '2.999')).status).toBe(406);
      const headers = { 'OpenStack-API-Version': `shared-file-system ${NEWEST}` };
      const id = await available(admin, { name: 'x' });
      const { body } = await admin.call('sharev2', 'GET', `/shares/${id}`, { headers });
      expect(body).not.toHaveProperty('share.progress');
    });

    it('shows a share, newer attributes with newer microversions, the host to administrators only', async () => {
      const id = await available(tenant.session, { name: 'docs', description: 'd', metadata: { a: 'b' } });
      const shown = {
        ...{ id, size: 1, availability_zone: 'nova', created_at: STAMP, status: 'available', name: 'docs' },
        ...{ description: 'd', project_id: tenant.session.projectId, snapshot_id: null, share_network_id: null },
        ...{ share_proto: 'NFS', metadata: { a: 'b' }, share_type: TEXT, volume_type: 'default' },
        ...{ links: expect.any(Array), is_public: false, snapshot_support: true, task_state: null },
        ...{ share_type_name: 'default', access_rules_status: 'active', replication_type: null, has_replicas: false },
        ...{ user_id: tenant.session.userId, create_share_from_snapshot_support: true },
        ...{ revert_to_snapshot_support: true, share_group_id: null, source_share_group_snapshot_member_id: null },
        ...{ mount_snapshot_support: false },
      };
      const recent = { progress: '100%', is_soft_deleted: false, scheduled_to_be_deleted_at: null };
      expect((await manila(tenant.session, 'GET', `/shares/${id}`, undefined, WRITE)).body).toEqual({ share: shown });
      expect((await manila(tenant.session, 'GET', `/shares/${id}`)).body).toEqual({ share: { ...shown, ...recent } });
      const toAdmin = { ...shown, ...recent, share_server_id: null, host: TEXT };
      expect((await manila(admin, 'GET', `/shares/${id}`)).body).toEqual({ share: toAdmin });
    });

    it('makes no text of an empty one at creation', async () => {
      const id = await available(tenant.session, { name: '', description: '' });
      expect((await manila(admin, 'GET', `/shares/${id}`)).body).toMatchObject({
        share: { name: null, description: null },
      });
      await manila(tenant.session, 'PUT', `/shares/${id}`, { share: { display_description: '' } });
      expect((await manila(admin, 'GET', `/shares/${id}`)).body).toMatchObject({ share: { description: '' } });
    });

    it('lets only administrators make a share public', async () => {
      const share = { size: 1, share_proto: 'NFS', is_public: true };
      expect((await create(tenant.session, share)).status).toBe(403);
      const id = await available(tenant.session);
      const publish = (session: Session) =>
        manila(session, 'PUT', `/shares/${id}`, { share: { is_public: true } }, WRITE);
      expect((await publish(tenant.session)).status).toBe(403);
      expect((await publish(admin)).body).toMatchObject({ share: { is_public: true } });
    });

    it('takes no metadata that say nothing', async () => {
      const share = { size: 1, share_proto: 'NFS', metadata: { empty: '' } };
      expect((await create(tenant.session, share)).status).toBe(400);
    });

    it('refuses sizes, protocols and types that it has not', async () => {
      const type = randomUUID();
      expect((await create(tenant.session, { size: 0, share_proto: 'NFS' })).status).toBe(400);
      expect((await create(tenant.session, { size: 1, share_proto: 'XYZ' })).status).toBe(400);
      expect((await create(tenant.session, { size: 1, share_proto: 'NFS', share_type: type })).status).toBe(404);
      expect((await manila(tenant.session, 'GET', `/shares/${type}`)).status).toBe(404);
    });

    it('lists the caller’s shares, everybody’s to administrators who ask, and filters by metadata and project', async () => {
      const marker = randomUUID();
      const own = await available(tenant.session, { metadata: { osm_marker: marker } });
      const ids = (answer: Answer): unknown[] =>
        (at(answer, 'shares') as { id: string }[]).map(({ id }) => id).filter((id) => made.includes(id));
      const list = (session: Session, query: string): Promise<Answer> =>
        manila(session, 'GET', `/shares/detail?${query}`);
      const metadata = `metadata=${encodeURIComponent(JSON.stringify({ osm_marker: marker }))}`;
      expect(ids(await list(admin, ''))).not.toContain(own);
      expect(ids(await list(admin, `all_tenants=1&${metadata}`))).toEqual([own]);
      expect(ids(await list(tenant.session, `all_tenants=1&${metadata}`))).toEqual([own]);
      expect(ids(await list(admin, `all_tenants=1&project_id=${tenant.session.projectId}`))).toContain(own);
      expect(ids(await list(admin, 'all_tenants=1&project_id=none'))).toEqual([]);
    });

    it('takes single keys out of the metadata, also at the oldest microversion', async () => {
      const id = await available(tenant.session, { metadata: { osm_marker: 'm', kept: 'k' } });
      const remove = () => manila(tenant.session, 'DELETE', `/shares/${id}/metadata/osm_marker`, undefined, '2.0');
      expect((await remove()).status).toBe(200);
      expect((await remove()).status).toBe(404);
      expect((await manila(tenant.session, 'GET', `/shares/${id}/metadata`)).body).toEqual({ metadata: { kept: 'k' } });
    });

    it('lets nobody in before the share is there', async () => {
      const answer = await create(tenant.session, { size: 1, share_proto: 'NFS' });
      expect((await allow(text(answer, 'share', 'id'), { access_to: '10.0.0.1' })).status).toBe(400);
    });

    it('applies rules after its answer, keeps one for each client, and carries their metadata', async () => {
      const id = await available(tenant.session);
      const metadata = { osm_marker: 'm' };
      const answer = await allow(id, { access_to: '10.0.0.1', metadata });
      const rule = {
        ...{ id: TEXT, access_level: 'ro', access_to: '10.0.0.1', access_type: 'ip', access_key: null },
        ...{ created_at: STAMP, metadata },
      };
      const queued = { ...rule, share_id: id, state: 'queued_to_apply', updated_at: null };
      expect([answer.status, answer.body]).toEqual([200, { access: queued }]);
      expect((await allow(id, { access_to: '10.0.0.1', access_level: 'rw' })).status).toBe(400);
      expect((await allow(id, { access_to: '10.0.0.1/32' })).status).toBe(400);
      await allow(id, { access_type: 'user', access_to: 'alice', access_level: 'rw' });
      await allow(id, { access_to: 'fd00::/64' });
      const list = at(await settled(id), 'access_list') as object[];
      expect(list).toHaveLength(3);
      expect(list).toContainEqual({ ...rule, state: 'active', updated_at: expect.toSatisfy(isTextOrNull) });
      expect(list).toContainEqual(expect.objectContaining({ access_to: 'fd00::/64', state: 'active', metadata: {} }));
      expect(list).toContainEqual(expect.objectContaining({ access_type: 'user', access_to: 'alice' }));
    });

    it('says of a rule that the driver has not, in its state only', async () => {
      const id = await available(tenant.session);
      expect((await allow(id, { access_type: 'cert', access_to: 'a.b' })).status).toBe(200);
      expect(at(await settled(id), 'access_list')).toEqual([expect.objectContaining({ state: 'error' })]);
      await until(
        () => manila(admin, 'GET', `/shares/${id}`),
        (answer) => at(answer, 'share', 'access_rules_status') === 'error',
      );
      // And takes others all the same.
      expect((await allow(id, { access_to: '10.0.0.1' })).status).toBe(200);
      await settled(id);
    });

    it('refuses what is no address or no level', async () => {
      const id = await available(tenant.session);
      expect((await allow(id, { access_to: '10.0.0.300' })).status).toBe(400);
      expect((await allow(id, { access_to: '10.0.0.1', access_level: 'xx' })).status).toBe(400);
    });

    it('takes rules away after its answer, also by an administrator of another project', async () => {
      const id = await available(tenant.session);
      const answer = await allow(id, { access_to: '10.0.0.1' }, admin);
      const access_id = text(answer, 'access', 'id');
      await settled(id);
      const deny = () => act(admin, id, { deny_access: { access_id } });
      expect((await deny()).status).toBe(202);
      expect([202, 404]).toContain((await deny()).status);
      await until(
        () => rules(id),
        (listed) => (at(listed, 'access_list') as unknown[]).length === 0,
      );
      expect((await deny()).status).toBe(404);
    });

    it('adds to the metadata of a rule and takes keys out; changes its level from 2.88 on', async () => {
      const id = await available(tenant.session);
      const given = { access_to: '10.1.2.3', access_level: 'rw', metadata: { a: 'b' } };
      const access_id = text(await allow(id, given), 'access', 'id');
      await settled(id);
      const path = `/share-access-rules/${access_id}`;
      const add = await manila(admin, 'PUT', `${path}/metadata`, { metadata: { k: 'v' } }, WRITE);
      expect([add.status, add.body]).toEqual([200, { metadata: { a: 'b', k: 'v' } }]);
      const remove = () => manila(admin, 'DELETE', `${path}/metadata/a`, undefined, WRITE);
      expect([(await remove()).status, (await remove()).status]).toEqual([200, 404]);
      const change = await manila(admin, 'PUT', path, { update_access: { access_level: 'ro' } }, '2.88');
      expect([200, 406]).toContain(change.status);
      const access_level = change.status === 200 ? 'ro' : 'rw';
      expect(at(await settled(id), 'access_list')).toEqual([
        expect.objectContaining({ id: access_id, access_level, state: 'active', metadata: { k: 'v' } }),
      ]);
    });

    it('wants to know of which share rules are listed, and from 2.45 on', async () => {
      expect((await manila(admin, 'GET', '/share-access-rules', undefined, WRITE)).status).toBe(400);
      const old = await manila(admin, 'GET', `/share-access-rules?share_id=${randomUUID()}`, undefined, '2.40');
      expect(old.status).toBe(404);
    });

    it('exports a share at one place, and shows its owner less of it', async () => {
      const id = await available(tenant.session);
      const exports = async (session: Session) => (await manila(session, 'GET', `/shares/${id}/export_locations`)).body;
      const one = { id: TEXT, path: expect.stringMatching(/^127\.0\.\d\.\d:\/.*share-/), preferred: true };
      expect(await exports(tenant.session)).toEqual({ export_locations: [one] });
      const toAdmin = { ...one, share_instance_id: TEXT, is_admin_only: false };
      expect(await exports(admin)).toEqual({ export_locations: [toAdmin] });
      expect((await manila(admin, 'GET', `/shares/${randomUUID()}/export_locations`)).status).toBe(404);
    });

    it('keeps a share that has snapshots, and lists them by share', async () => {
      const id = await available(tenant.session);
      const answer = await manila(
        tenant.session,
        'POST',
        '/snapshots',
        { snapshot: { share_id: id, name: 's' } },
        WRITE,
      );
      const snapshot = text(answer, 'snapshot', 'id');
      const list = (session: Session) => manila(session, 'GET', `/snapshots/detail?all_tenants=1&share_id=${id}`);
      await until(
        () => list(admin),
        (listed) => at(listed, 'snapshots', '0', 'status') === 'available',
      );
      for (const session of [admin, tenant.session]) {
        expect((await list(session)).body).toMatchObject({
          snapshots: [{ id: snapshot, share_id: id, name: 's', size: 1 }],
        });
      }
      expect((await manila(admin, 'DELETE', `/shares/${id}`)).status).toBe(403);
      await manila(admin, 'DELETE', `/snapshots/${snapshot}`);
      await until(
        () => manila(admin, 'GET', `/snapshots/${snapshot}`),
        ({ status }) => status === 404,
      );
    });

    describe('types', () => {
      it('come in two envelopes, with what was asked and no more', async () => {
        const name = uniqueName('type');
        const answer = await createType({ name, description: '', 'share_type_access:is_public': false });
        const id = text(answer, 'share_type', 'id');
        const type = {
          ...{ id, name, description: '', 'share_type_access:is_public': false },
          extra_specs: { driver_handles_share_servers: 'False', snapshot_support: 'True' },
          required_extra_specs: { driver_handles_share_servers: 'False' },
        };
        expect(answer.body).toEqual({ volume_type: type, share_type: type });
        const shown = { ...type, is_default: false };
        expect((await manila(admin, 'GET', `/types/${id}`)).body).toEqual({ volume_type: shown, share_type: shown });
        const ids = async (query: string) =>
          (at(await manila(admin, 'GET', `/types${query}`), 'share_types') as { id: string }[]).map((one) => one.id);
        expect(await ids('')).not.toContain(id);
        expect(await ids('?is_public=all')).toContain(id);
      });

      it('have unique names and say who handles share servers', async () => {
        const name = uniqueName('type');
        expect((await createType({ name })).status).toBe(200);
        expect((await createType({ name })).status).toBe(409);
        expect((await createType({ extra_specs: {} })).status).toBe(400);
        expect((await createType({ extra_specs: { driver_handles_share_servers: 'maybe' } })).status).toBe(400);
      });

      it('that are private are for the projects on their list', async () => {
        const answer = await createType({ 'share_type_access:is_public': false });
        const id = text(answer, 'share_type', 'id');
        const { projectId } = tenant.session;
        const change = (action: object) => manila(admin, 'POST', `/types/${id}/action`, action, WRITE);
        expect((await change({ addProjectAccess: { project: 'no-id' } })).status).toBe(400);
        expect((await change({ addProjectAccess: { project: projectId } })).status).toBe(202);
        expect((await change({ addProjectAccess: { project: projectId } })).status).toBe(409);
        expect((await manila(admin, 'GET', `/types/${id}/share_type_access`)).body).toEqual({
          share_type_access: [{ share_type_id: id, project_id: projectId }],
        });
        const listed = await manila(tenant.session, 'GET', '/types');
        expect(JSON.stringify(listed.body)).toContain(id);
        await available(tenant.session, { share_type: id });
      });

      it('that are public have no list', async () => {
        const id = text(await createType({}), 'share_type', 'id');
        expect((await manila(admin, 'GET', `/types/${id}/share_type_access`)).status).toBe(404);
        const add = { addProjectAccess: { project: tenant.session.projectId } };
        expect((await manila(admin, 'POST', `/types/${id}/action`, add, WRITE)).status).toBe(409);
      });

      it('that are in use stay', async () => {
        const id = text(await createType({}), 'share_type', 'id');
        await available(tenant.session, { share_type: id });
        expect((await manila(admin, 'DELETE', `/types/${id}`)).status).toBe(400);
      });
    });
  });
}

const isTextOrNull = (value: unknown): boolean => value === null || typeof value === 'string';
