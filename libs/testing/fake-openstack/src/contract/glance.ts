/** What Glance does, as laws that the fake and real clouds pass alike. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, ContractCloud, Sent, Session, Tenant } from './glance-session.ts';
import { at, makeTenant, signIn, text, uniqueName } from './glance-session.ts';

const PATCH = 'application/openstack-images-v2.1-json-patch';

/** The laws of Glance. `cloudOf` is called once, before the first law. */
export function describeGlance(name: string, cloudOf: () => ContractCloud | Promise<ContractCloud>): void {
  describe(`glance of ${name}`, () => {
    let admin: Session;
    let tenant: Tenant;
    let other: Tenant;
    const made: string[] = [];

    beforeAll(async () => {
      const cloud = await cloudOf();
      admin = await signIn(cloud);
      tenant = await makeTenant(cloud, admin);
      other = await makeTenant(cloud, admin);
    });

    afterAll(async () => {
      for (const id of made) {
        await patch(admin, id, [{ op: 'replace', path: '/protected', value: false }]);
        await glance(admin, 'DELETE', `/v2/images/${id}`);
      }
      await tenant.remove();
      await other.remove();
    });

    async function create(session: Session, json: object): Promise<Answer> {
      const answer = await glance(session, 'POST', '/v2/images', { json });
      if (answer.status === 201) made.push(text(answer, 'id'));
      return answer;
    }

    async function createActive(session: Session, json: object, bytes = randomBytes(1000)): Promise<string> {
      const id = text(await create(session, { disk_format: 'raw', container_format: 'bare', ...json }), 'id');
      expect((await glance(session, 'PUT', `/v2/images/${id}/file`, { bytes })).status).toBe(204);
      return id;
    }

    it('names its versions at the root with 300 and at /versions with 200', async () => {
      const root = await glance(admin, 'GET', '/');
      expect(root.status).toBe(300);
      expect((await glance(admin, 'GET', '/versions')).status).toBe(200);
      const versions = listOf(root, 'versions');
      expect(versions.filter((version) => valueOf(version, 'status') === 'CURRENT')).toHaveLength(1);
      expect(versions.map((version) => valueOf(version, 'id'))).toEqual(expect.arrayContaining(['v2.0', 'v2.15']));
    });

    it('creates with a chosen id, shows every attribute and custom properties flat among them', async () => {
      const id = randomUUID();
      const answer = await create(admin, {
        ...{ id, name: 'all of it', visibility: 'private', protected: true, os_hidden: true, min_disk: 1, min_ram: 2 },
        ...{ disk_format: 'qcow2', container_format: 'bare', tags: ['b', 'a', 'b'], hw_disk_bus: 'virtio', empty: '' },
      });
      expect(answer.status).toBe(201);
      expect(answer.headers.get('location')).toMatch(new RegExp(`/v2/images/${id}$`));
      expect(answer.headers.get('openstack-image-import-methods')).toContain('glance-direct');
      expect(answer.body).toEqual({
        ...{ id, name: 'all of it', visibility: 'private', protected: true, os_hidden: true, min_disk: 1, min_ram: 2 },
        ...{ disk_format: 'qcow2', container_format: 'bare', hw_disk_bus: 'virtio', empty: '', status: 'queued' },
        ...{ tags: expect.arrayContaining(['a', 'b']), size: null, virtual_size: null, checksum: null },
        ...{ os_hash_algo: null, os_hash_value: null, owner: admin.projectId },
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        ...{ self: `/v2/images/${id}`, file: `/v2/images/${id}/file`, schema: '/v2/schemas/image' },
      });
      expect(at(answer, 'tags')).toHaveLength(2);
      expect((await glance(admin, 'GET', `/v2/images/${id}`)).body).toEqual(answer.body);
    });

    it('has defaults for what is left out', async () => {
      const answer = await create(tenant.session, {});
      expect(answer.body).toMatchObject({
        ...{ name: null, visibility: 'shared', protected: false, os_hidden: false, min_disk: 0, min_ram: 0 },
        ...{ disk_format: null, container_format: null, tags: [], owner: tenant.session.projectId },
      });
    });

    it('never gives an id a second time, not even after deletion', async () => {
      const id = randomUUID();
      await create(admin, { id });
      expect(refusal(await create(admin, { id }))).toEqual([409, `Image ID ${id} already exists!`]);
      expect((await glance(admin, 'DELETE', `/v2/images/${id}`)).status).toBe(204);
      expect(refusal(await create(admin, { id }))).toEqual([409, `Image ID ${id} already exists!`]);
      expect(refusal(await glance(admin, 'GET', `/v2/images/${id}`))).toEqual([404, `No image found with ID ${id}`]);
      expect(refusal(await glance(admin, 'DELETE', `/v2/images/${id}`))).toEqual([
        ...[404, `Failed to find image ${id} to delete`],
      ]);
    });

    const schema = "Provided object does not match schema 'image': ";
    it.each([
      [{ foo: 5 }, 400, `${schema}5 is not of type 'string'`],
      [{ foo: null }, 400, `${schema}None is not of type 'string'`],
      [{ name: 5 }, 400, `${schema}5 is not of type 'null', 'string'`],
      [{ visibility: 'x' }, 400, `${schema}'x' is not one of ['community', 'public', 'private', 'shared']`],
      [{ id: 'x' }, 400, `${schema}'x' does not match '^([0-9a-fA-F]){8}`],
      [{ kernel_id: 'x' }, 400, `${schema}'x' does not match '^([0-9a-fA-F]){8}`],
      [{ min_disk: -1 }, 400, "Invalid value '-1' for parameter 'min_disk': Cannot be a negative value"],
      [{ size: 1 }, 403, "Attribute 'size' is read-only."],
      [{ checksum: 'x' }, 403, "Attribute 'checksum' is read-only."],
      [{ status: 'active' }, 403, "Attribute 'status' is read-only."],
      [{ created_at: 'x' }, 403, "Attribute 'created_at' is read-only."],
      [{ self: 'x' }, 403, "Attribute 'self' is read-only."],
      [{ stores: 'x' }, 403, "Attribute 'stores' is read-only."],
      [{ locations: [] }, 403, "Attribute 'locations' is reserved."],
      [{ deleted: 'x' }, 403, 'Access was denied to this resource.'],
      [{ os_glance_x: 'x' }, 403, 'Access was denied to this resource.'],
    ])('refuses to create from %j', async (json, status, message) => {
      const [actual, said] = refusal(await create(admin, json));
      expect([actual, String(said).slice(0, message.length)]).toEqual([status, message]);
    });

    it('takes bytes, hashes them, and gives them back', async () => {
      const bytes = randomBytes(300_000);
      const id = await createActive(tenant.session, { name: 'bytes' }, bytes);
      const shown = await glance(tenant.session, 'GET', `/v2/images/${id}`);
      const md5 = createHash('md5').update(bytes).digest('hex');
      expect(shown.body).toMatchObject({
        ...{ status: 'active', size: bytes.length, virtual_size: bytes.length, checksum: md5, os_hash_algo: 'sha512' },
        os_hash_value: createHash('sha512').update(bytes).digest('hex'),
        stores: expect.any(String),
      });
      const file = await glance(tenant.session, 'GET', `/v2/images/${id}/file`);
      expect([file.status, file.bytes.equals(bytes)]).toEqual([200, true]);
      expect(file.headers.get('content-md5')).toBe(md5);
      expect(file.headers.get('content-length')).toBe(String(bytes.length));
      expect(file.headers.get('content-type')).toBe('application/octet-stream');
      const part = await glance(tenant.session, 'GET', `/v2/images/${id}/file`, { headers: { Range: 'bytes=5-9' } });
      expect([part.status, part.bytes.toString('hex')]).toEqual([206, bytes.subarray(5, 10).toString('hex')]);
      expect(part.headers.get('content-range')).toBe(`bytes 5-9/${bytes.length}`);
    });

    it('takes bytes once, with both formats set, as an octet stream', async () => {
      const bytes = randomBytes(10);
      const bare = text(await create(tenant.session, { name: 'bare' }), 'id');
      expect((await glance(tenant.session, 'GET', `/v2/images/${bare}/file`)).status).toBe(204);
      expect(refusal(await glance(tenant.session, 'PUT', `/v2/images/${bare}/file`, { bytes }))).toEqual([
        ...[400, 'Properties disk_format, container_format must be set prior to saving data.'],
      ]);
      const headers = { 'Content-Type': 'text/plain' };
      expect(refusal(await glance(tenant.session, 'PUT', `/v2/images/${bare}/file`, { bytes, headers }))).toEqual([
        ...[415, 'The request media type text/plain is not supported by this server.'],
      ]);
      const id = await createActive(tenant.session, {}, bytes);
      expect(refusal(await glance(tenant.session, 'PUT', `/v2/images/${id}/file`, { bytes }))).toEqual([
        ...[409, 'Image status transition from active to saving is not allowed'],
      ]);
      expect((await glance(tenant.session, 'GET', `/v2/images/${bare}`)).body).toMatchObject({ status: 'queued' });
    });

    it('patches attributes and properties, and refuses what may not change', async () => {
      const id = await createActive(tenant.session, { foo: 'bar' });
      const [said, conflict] = [
        'Access was denied to this resource.',
        'There was a conflict when trying to complete your request.',
      ];
      const change = (op: string, path: string, value?: unknown): Promise<Answer> =>
        patch(tenant.session, id, [{ op, path, value }]);
      expect((await change('add', '/new', 'x')).body).toMatchObject({ foo: 'bar', new: 'x' });
      expect((await change('replace', '/foo', '')).body).toMatchObject({ foo: '' });
      expect(at(await change('remove', '/foo'), 'foo')).toBeUndefined();
      expect((await change('replace', '/name', null)).body).toMatchObject({ name: null });
      expect((await change('replace', '/tags', ['z', 'y'])).body).toMatchObject({
        tags: expect.arrayContaining(['y', 'z']),
      });
      expect(refusal(await change('replace', '/nope', 'x'))).toEqual([409, conflict]);
      expect(refusal(await change('remove', '/nope'))).toEqual([409, conflict]);
      expect(refusal(await change('remove', '/name'))).toEqual([403, said]);
      expect(refusal(await change('replace', '/owner', 'x'))).toEqual([403, said]);
      expect(refusal(await change('add', '/size', 1))).toEqual([403, "Attribute 'size' is read-only."]);
      expect(refusal(await change('replace', '/disk_format', 'qcow2'))).toEqual([
        ...[403, 'Attribute disk_format can be only replaced for a queued image.'],
      ]);
      expect(refusal(await change('replace', '/visibility', 'public'))[0]).toBe(403);
      expect(refusal(await change('wrong', '/name', 'x'))).toEqual([
        ...[400, 'Invalid operation: `wrong`. It must be one of the following: add, remove, replace.'],
      ]);
      expect(refusal(await change('add', 'name', 'x'))).toEqual([400, 'Pointer `name` does not start with "/".']);
      const plain = await glance(tenant.session, 'PATCH', `/v2/images/${id}`, { json: [] });
      expect([plain.status, plain.headers.get('accept-patch')]).toEqual([
        ...[415, 'application/openstack-images-v2.0-json-patch, application/openstack-images-v2.1-json-patch'],
      ]);
    });

    it('lets nobody change the image of another project, and shows a private one to nobody', async () => {
      const id = await createActive(tenant.session, { visibility: 'private' });
      expect((await glance(other.session, 'GET', `/v2/images/${id}`)).status).toBe(404);
      await patch(tenant.session, id, [{ op: 'replace', path: '/visibility', value: 'community' }]);
      expect((await glance(other.session, 'GET', `/v2/images/${id}`)).status).toBe(200);
      const change = await patch(other.session, id, [{ op: 'replace', path: '/name', value: 'x' }]);
      expect([change.status, (await glance(other.session, 'DELETE', `/v2/images/${id}`)).status]).toEqual([403, 403]);
      const foreign = await create(other.session, { owner: tenant.session.projectId });
      expect(foreign.status).toBe(403);
      expect((await create(admin, { owner: tenant.session.projectId })).body).toMatchObject({
        owner: tenant.session.projectId,
      });
      expect((await create(tenant.session, { visibility: 'public' })).status).toBe(403);
    });

    it('protects a protected image', async () => {
      const id = text(await create(tenant.session, { protected: true }), 'id');
      expect(refusal(await glance(tenant.session, 'DELETE', `/v2/images/${id}`))).toEqual([
        ...[403, `Image ${id} is protected and cannot be deleted.`],
      ]);
    });

    it('adds and removes tags one at a time', async () => {
      const id = text(await create(tenant.session, { tags: ['a'] }), 'id');
      const tag = (method: string, value: string): Promise<Answer> =>
        glance(tenant.session, method, `/v2/images/${id}/tags/${value}`);
      expect((await tag('PUT', 'b')).status).toBe(204);
      expect((await tag('PUT', 'b')).status).toBe(204);
      expect((await tag('DELETE', 'a')).status).toBe(204);
      expect(refusal(await tag('DELETE', 'a'))).toEqual([404, 'The resource could not be found.']);
      expect((await glance(tenant.session, 'GET', `/v2/images/${id}`)).body).toMatchObject({ tags: ['b'] });
    });

    it('shares an image with members, who see it in lists once they accepted', async () => {
      const id = await createActive(tenant.session, { name: uniqueName('shared') });
      const { projectId } = other.session;
      const members = `/v2/images/${id}/members`;
      const sees = async (query = ''): Promise<boolean> => (await idsOf(other.session, query)).includes(id);
      expect((await glance(other.session, 'GET', `/v2/images/${id}`)).status).toBe(404);
      const added = await glance(tenant.session, 'POST', members, { json: { member: projectId } });
      expect([added.status, added.body]).toMatchObject([
        ...[200, { member_id: projectId, image_id: id, status: 'pending', schema: '/v2/schemas/member' }],
      ]);
      expect(refusal(await glance(tenant.session, 'POST', members, { json: { member: projectId } }))).toEqual([
        ...[409, `Member ${projectId} is duplicated for image ${id}`],
      ]);
      expect((await glance(other.session, 'GET', `/v2/images/${id}`)).status).toBe(200);
      expect([await sees(), await sees('&member_status=pending')]).toEqual([false, true]);
      const byOwner = await glance(tenant.session, 'PUT', `${members}/${projectId}`, { json: { status: 'accepted' } });
      expect(byOwner.status).toBe(403);
      const accepted = await glance(other.session, 'PUT', `${members}/${projectId}`, { json: { status: 'accepted' } });
      expect([accepted.status, at(accepted, 'status')]).toEqual([200, 'accepted']);
      expect(await sees()).toBe(true);
      expect(at(await glance(tenant.session, 'GET', members), 'members')).toHaveLength(1);
      expect(refusal(await glance(tenant.session, 'GET', `${members}/nobody`))).toEqual([
        ...[404, `nobody not found in the member list of the image ${id}.`],
      ]);
      expect((await glance(tenant.session, 'DELETE', `${members}/${projectId}`)).status).toBe(204);
      expect((await glance(other.session, 'GET', `/v2/images/${id}`)).status).toBe(404);
    });

    it('gives members only to shared images', async () => {
      const id = text(await create(tenant.session, { visibility: 'private' }), 'id');
      const answer = await glance(tenant.session, 'POST', `/v2/images/${id}/members`, { json: { member: 'x' } });
      expect(refusal(answer)).toEqual([403, `Not allowed to create members for image ${id}.`]);
    });

    it('leaves hidden images and the community images of others out of the default list', async () => {
      const name = uniqueName('seen');
      const [community, hidden] = [
        text(await create(tenant.session, { name, visibility: 'community' }), 'id'),
        text(await create(tenant.session, { name, os_hidden: true }), 'id'),
      ];
      expect(await idsOf(tenant.session, `&name=${name}`)).toEqual([community]);
      expect(await idsOf(other.session, `&name=${name}`)).toEqual([]);
      expect(await idsOf(other.session, `&name=${name}&visibility=community`)).toEqual([community]);
      expect(await idsOf(other.session, `&name=${name}&visibility=all`)).toEqual([community]);
      expect(await idsOf(tenant.session, `&name=${name}&os_hidden=true`)).toEqual([hidden]);
      expect(await idsOf(admin, `&name=${name}`)).toEqual([]);
      expect(refusal(await glance(admin, 'GET', '/v2/images?visibility=x'))).toEqual([
        ...[400, 'Invalid visibility value: x'],
      ]);
    });

    it('filters, sorts and pages', async () => {
      const name = uniqueName('page');
      const ids: string[] = [];
      for (const one of ['1', '2', '3']) {
        ids.push(text(await create(tenant.session, { name, number: one, tags: [`${name}-${one}`, name] }), 'id'));
      }
      const [first = '', second = '', third = ''] = ids;
      const list = (query: string): Promise<string[]> => idsOf(tenant.session, `&name=${name}${query}`);
      expect((await list('')).toSorted()).toEqual(ids.toSorted());
      expect(await list('&number=2')).toEqual([second]);
      expect(await list(`&tag=${name}&tag=${name}-3`)).toEqual([third]);
      expect(await list('&status=active')).toEqual([]);
      expect((await list(`&id=in:${first},${third}`)).toSorted()).toEqual([first, third].toSorted());
      expect(await list('&sort=id:asc')).toEqual(ids.toSorted());
      expect(await list('&sort_key=id&sort_dir=desc')).toEqual(ids.toSorted().reverse());
      const page = await glance(tenant.session, 'GET', `/v2/images?name=${name}&limit=2&sort=id:asc`);
      expect(at(page, 'first')).toMatch(/^\/v2\/images\?/);
      expect(at(page, 'schema')).toBe('/v2/schemas/images');
      const rest = await glance(tenant.session, 'GET', text(page, 'next'));
      const seen = [page, rest].flatMap((one) => listOf(one, 'images').map((image) => valueOf(image, 'id')));
      expect(seen).toEqual(ids.toSorted());
      expect(at(rest, 'next')).toBeUndefined();
      const full = await glance(tenant.session, 'GET', `/v2/images?name=${name}&limit=3`);
      expect(at(full, 'next')).toMatch(/marker=/);
      const unknown = randomUUID();
      expect(refusal(await glance(admin, 'GET', `/v2/images?marker=${unknown}`))).toEqual([
        ...[400, `No image found with ID ${unknown}`],
      ]);
      expect(refusal(await glance(admin, 'GET', '/v2/images?limit=x'))).toEqual([
        400,
        'limit param must be an integer',
      ]);
      expect(refusal(await glance(admin, 'GET', '/v2/images?sort=x'))[0]).toBe(400);
    });

    it('says in HTML what is wrong, and in JSON to those who take nothing else', async () => {
      const id = randomUUID();
      const html = await glance(admin, 'GET', `/v2/images/${id}`);
      expect(html.headers.get('content-type')).toBe('text/html; charset=UTF-8');
      expect(html.body).toBe(
        `<html>\n <head>\n  <title>404 Not Found</title>\n </head>\n <body>\n  <h1>404 Not Found</h1>\n  No image found with ID ${id}<br /><br />\n\n\n\n </body>\n</html>`,
      );
      const json = await glance(admin, 'GET', `/v2/images/${id}`, { headers: { Accept: 'application/json' } });
      expect(json.body).toEqual({
        message: `No image found with ID ${id}<br /><br />\n\n\n`,
        code: '404 Not Found',
        title: 'Not Found',
      });
    });

    it('tells its import methods, stores and schema', async () => {
      expect(at(await glance(admin, 'GET', '/v2/info/import'), 'import-methods', 'value')).toContain('web-download');
      const stores = listOf(await glance(admin, 'GET', '/v2/info/stores'), 'stores');
      expect(stores.filter((store) => valueOf(store, 'default') === 'true')).toHaveLength(1);
      const shown = await glance(admin, 'GET', '/v2/schemas/image');
      expect(shown.body).toMatchObject({ name: 'image', additionalProperties: { type: 'string' } });
      expect(at(shown, 'properties', 'visibility', 'enum')).toEqual(['community', 'public', 'private', 'shared']);
    });
  });
}

function glance(session: Session, method: string, path: string, sent?: Sent): Promise<Answer> {
  return session.call('image', method, path, sent);
}

function patch(session: Session, id: string, changes: readonly object[]): Promise<Answer> {
  return glance(session, 'PATCH', `/v2/images/${id}`, { json: changes, headers: { 'Content-Type': PATCH } });
}

async function idsOf(session: Session, query: string): Promise<string[]> {
  const answer = await glance(session, 'GET', `/v2/images?limit=1000${query}`);
  return listOf(answer, 'images').map((image) => String(valueOf(image, 'id')));
}

function listOf(answer: Answer, key: string): unknown[] {
  const list = at(answer, key);
  return Array.isArray(list) ? list : [];
}

function valueOf(row: unknown, key: string): unknown {
  return at({ body: row }, key);
}

/** Status and explanation of a refusal: what stands below the heading of Glance's page. */
function refusal(answer: Answer): [status: number, message: string | undefined] {
  const [, message] = /<h1>.*<\/h1>\s*([\s\S]*?)\s*<br \/>/.exec(String(answer.body)) ?? [];
  return [answer.status, message?.replaceAll('&#x27;', "'").replaceAll('&quot;', '"').trim()];
}
