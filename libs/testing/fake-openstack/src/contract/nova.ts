/** What Nova does with flavors, keypairs and quotas, as laws that the fake and real clouds pass alike. */
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, ContractCloud, Session, Tenant } from './glance-session.ts';
import { at, makeTenant, signIn, text, uniqueName } from './glance-session.ts';

/** The newest microversion that both releases have. */
const NEWEST = '2.93';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKZ1y6Y0o8iWGf8Vw2zqFJ8wS6n8eDkqHhq6bG7V0gqv someone@somewhere';
const FINGERPRINT = '87:6d:5e:47:95:dd:b7:22:c9:bb:a5:67:b6:06:b4:af';

/** The laws of Nova. `cloudOf` is called once, before the first law. */
export function describeNova(name: string, cloudOf: () => ContractCloud | Promise<ContractCloud>): void {
  describe(`nova of ${name}`, () => {
    let admin: Session;
    let tenant: Tenant;
    const flavors: string[] = [];

    beforeAll(async () => {
      const cloud = await cloudOf();
      admin = await signIn(cloud);
      tenant = await makeTenant(cloud, admin);
    });

    afterAll(async () => {
      for (const id of flavors) await nova(admin, 'DELETE', `/flavors/${id}`);
      await tenant.remove();
    });

    async function createFlavor(flavor: object, version = NEWEST): Promise<Answer> {
      const answer = await nova(admin, 'POST', '/flavors', { flavor }, version);
      if (answer.status === 200) flavors.push(text(answer, 'flavor', 'id'));
      return answer;
    }

    it('names its versions without a token and refuses one that it has not', async () => {
      const root = admin.endpoint('compute').replace(/\/v2\.1.*$/, '');
      const answer = await fetch(`${root}/`);
      expect([answer.status, await answer.json()]).toMatchObject([
        ...[200, { versions: [{ id: 'v2.0' }, { id: 'v2.1', status: 'CURRENT', min_version: '2.1' }] }],
      ]);
      const refused = await nova(admin, 'GET', '/flavors', undefined, '2.999');
      expect(refusal(refused)).toMatchObject([
        406,
        expect.stringMatching(/^Version 2.999 is not supported by the API/),
      ]);
      expect(refusal(await nova(admin, 'GET', '/flavors', undefined, 'zz'))).toEqual([
        ...[400, 'API Version String zz is of invalid format. Must be of format MajorNum.MinorNum.'],
      ]);
    });

    it('creates a flavor with a chosen id and shows it as each microversion knows it', async () => {
      const id = uniqueName('flavor');
      const created = await createFlavor({
        ...{ id, name: id, ram: 64, vcpus: 1, disk: 0, swap: 0, description: 'd' },
        'os-flavor-access:is_public': false,
      });
      const base = admin.endpoint('compute');
      const view = {
        ...{ id, name: id, ram: 64, disk: 0, vcpus: 1, rxtx_factor: 1 },
        'OS-FLV-EXT-DATA:ephemeral': 0,
        'OS-FLV-DISABLED:disabled': false,
        'os-flavor-access:is_public': false,
        links: [
          { rel: 'self', href: `${base}/flavors/${id}` },
          { rel: 'bookmark', href: `${base.replace('/v2.1', '')}/flavors/${id}` },
        ],
      };
      expect([created.status, at(created, 'flavor')]).toEqual([
        200,
        { ...view, swap: 0, description: 'd', extra_specs: {} },
      ]);
      const shown = async (version: string): Promise<unknown> =>
        at(await nova(admin, 'GET', `/flavors/${id}`, undefined, version), 'flavor');
      expect(await shown('2.1')).toEqual({ ...view, swap: '' });
      expect(await shown('2.60')).toEqual({ ...view, swap: '', description: 'd' });
      expect(await shown('2.74')).toEqual({ ...view, swap: '', description: 'd', extra_specs: {} });
      expect(await shown(NEWEST)).toEqual({ ...view, swap: 0, description: 'd', extra_specs: {} });
      expect(refusal(await createFlavor({ name: id, ram: 64, vcpus: 1, disk: 0 }))).toEqual([
        ...[409, `Flavor with name ${id} already exists.`],
      ]);
      expect(refusal(await createFlavor({ name: `${id}-2`, id, ram: 64, vcpus: 1, disk: 0 }))).toEqual([
        ...[409, `Flavor with ID ${id} already exists.`],
      ]);
    });

    it('makes an id where none is given, and reads numbers in texts', async () => {
      const flavor = uniqueName('flavor');
      const created = await createFlavor({ name: flavor, ram: '64', vcpus: 2, disk: 1, swap: 512, rxtx_factor: '2.0' });
      expect(at(created, 'flavor')).toMatchObject({
        ...{ id: expect.stringMatching(/^[0-9a-f-]{36}$/), ram: 64, swap: 512, rxtx_factor: 2, description: null },
        'os-flavor-access:is_public': true,
      });
      const id = text(created, 'flavor', 'id');
      const changed = await nova(admin, 'PUT', `/flavors/${id}`, { flavor: { description: 'new' } });
      expect(at(changed, 'flavor', 'description')).toBe('new');
      expect((await nova(admin, 'DELETE', `/flavors/${id}`)).status).toBe(202);
      expect(refusal(await nova(admin, 'DELETE', `/flavors/${id}`))).toEqual([404, `Flavor ${id} could not be found.`]);
    });

    it.each([
      [{}, "'flavor' is a required property"],
      [
        { flavor: { name: 'x', ram: 0, vcpus: 1, disk: 0 } },
        'Invalid input for field/attribute ram. Value: 0. 0 is less than the minimum of 1',
      ],
      [
        { flavor: { name: 'x', vcpus: 1, disk: 0 } },
        "Invalid input for field/attribute flavor. Value: {'name': 'x', 'vcpus': 1, 'disk': 0}. 'ram' is a required property",
      ],
      [
        { flavor: { name: ' x', ram: 1, vcpus: 1, disk: 0 } },
        "An invalid 'name' value was provided. The name must be: printable characters. Can not start or end with whitespace.",
      ],
      [
        { flavor: { name: 'x', ram: 1, vcpus: 1, disk: 0, foo: 1 } },
        "Invalid input for field/attribute flavor. Value: {'name': 'x', 'ram': 1, 'vcpus': 1, 'disk': 0, 'foo': 1}. Additional properties are not allowed ('foo' was unexpected)",
      ],
      [
        { flavor: { name: 'x', id: ' a', ram: 1, vcpus: 1, disk: 0 } },
        "Invalid input for field/attribute id. Value:  a. ' a' does not match '^(?! )[a-zA-Z0-9. _-]+(?<! )$'",
      ],
      [
        { flavor: { name: 'x', ram: 1, vcpus: 1, disk: 0, rxtx_factor: 0 } },
        'Invalid input for field/attribute rxtx_factor. Value: 0. 0 is less than or equal to the minimum of 0',
      ],
    ])('refuses a flavor from %j', async (json, message) => {
      expect(refusal(await nova(admin, 'POST', '/flavors', json))).toEqual([400, message]);
    });

    it('lists public flavors to everybody, all to admins who ask', async () => {
      const id = uniqueName('flavor');
      await createFlavor({ id, name: id, ram: 64, vcpus: 1, disk: 0, 'os-flavor-access:is_public': false });
      const ids = async (session: Session, query: string): Promise<unknown[]> =>
        listOf(await nova(session, 'GET', `/flavors/detail${query}`), 'flavors').map((row) => valueOf(row, 'id'));
      expect(await ids(admin, '?is_public=None')).toContain(id);
      expect(await ids(admin, '?is_public=False')).toContain(id);
      expect(await ids(admin, '')).not.toContain(id);
      expect(await ids(tenant.session, '?is_public=None')).not.toContain(id);
      const page = await nova(admin, 'GET', '/flavors?is_public=None&limit=1');
      expect(text(page, 'flavors_links', '0', 'href')).toMatch(/\/v2\.1\/flavors\?is_public=None&limit=1&marker=/);
      expect(refusal(await nova(admin, 'GET', '/flavors?marker=nope'))).toEqual([400, 'marker [nope] not found']);
      expect(refusal(await nova(admin, 'GET', '/flavors?is_public=zz'))).toEqual([
        400,
        'Invalid is_public filter [zz]',
      ]);
      expect(refusal(await nova(admin, 'GET', '/flavors?foo=1'))).toEqual([
        ...[400, "Additional properties are not allowed ('foo' was unexpected)"],
      ]);
      expect(refusal(await nova(admin, 'GET', '/flavors?limit=zz'))).toEqual([
        ...[400, "Invalid input for query parameters limit. Value: zz. 'zz' does not match '^[0-9]*$'"],
      ]);
      expect(
        refusal(await nova(tenant.session, 'POST', '/flavors', { flavor: { name: 'x', ram: 1, vcpus: 1, disk: 0 } })),
      ).toEqual([...[403, "Policy doesn't allow os_compute_api:os-flavor-manage:create to be performed."]]);
    });

    it('keeps extra specs as text and checks those that it knows', async () => {
      const id = uniqueName('flavor');
      await createFlavor({ id, name: id, ram: 64, vcpus: 1, disk: 0 });
      const specs = (method: string, path: string, json?: object): Promise<Answer> =>
        nova(admin, method, `/flavors/${id}/os-extra_specs${path}`, json);
      const wanted = { 'hw:cpu_policy': 'shared', 'foo:bar': '1', n: 5 };
      expect((await specs('POST', '', { extra_specs: wanted })).body).toEqual({ extra_specs: wanted });
      expect((await specs('GET', '')).body).toEqual({ extra_specs: { ...wanted, n: '5' } });
      expect((await specs('GET', '/n')).body).toEqual({ n: '5' });
      expect((await specs('PUT', '/n', { n: '6' })).body).toEqual({ n: '6' });
      expect(refusal(await specs('PUT', '/n', { m: '6' }))).toEqual([400, 'Request body and URI mismatch']);
      expect((await specs('DELETE', '/n')).status).toBe(200);
      expect(refusal(await specs('DELETE', '/n'))).toEqual([404, `Flavor ${id} has no extra specs with key n.`]);
      expect(refusal(await specs('POST', '', { extra_specs: { 'hw:nope': '1' } }))).toEqual([
        ...[400, "Validation failed; extra spec 'hw:nope' does not appear to be a valid extra spec."],
      ]);
      expect(refusal(await specs('POST', '', { extra_specs: { 'hw:cpu_policy': 'zz' } }))).toEqual([
        ...[400, "Validation failed; 'zz' is not one of: dedicated, shared, mixed."],
      ]);
      expect(refusal(await specs('POST', '', { extra_specs: { 'a/b': 'z' } }))).toEqual([
        ...[
          400,
          "Invalid input for field/attribute extra_specs. Value: {'a/b': 'z'}. 'a/b' does not match any of the regexes: '^[a-zA-Z0-9-_:. ]{1,255}$'",
        ],
      ]);
    });

    it('gives access to private flavors by project', async () => {
      const [id, open] = [uniqueName('private'), uniqueName('public')];
      await createFlavor({ id, name: id, ram: 64, vcpus: 1, disk: 0, 'os-flavor-access:is_public': false });
      await createFlavor({ id: open, name: open, ram: 64, vcpus: 1, disk: 0 });
      const project = tenant.session.projectId;
      const access = (action: string, to = id): Promise<Answer> =>
        nova(admin, 'POST', `/flavors/${to}/action`, { [action]: { tenant: project } });
      expect((await nova(admin, 'GET', `/flavors/${id}/os-flavor-access`)).body).toEqual({ flavor_access: [] });
      expect((await nova(tenant.session, 'GET', `/flavors/${id}`)).status).toBe(404);
      expect((await access('addTenantAccess')).body).toEqual({
        flavor_access: [{ flavor_id: id, tenant_id: project }],
      });
      expect((await nova(tenant.session, 'GET', `/flavors/${id}`)).status).toBe(200);
      const again = refusal(await access('addTenantAccess'));
      expect(again).toMatchObject([
        409,
        expect.stringMatching(/^Flavor access already exists for flavor \d+ and project/),
      ]);
      expect((await access('removeTenantAccess')).body).toEqual({ flavor_access: [] });
      expect(refusal(await access('removeTenantAccess'))).toMatchObject([
        ...[404, expect.stringMatching(/^Flavor access not found for \d+ \/ /)],
      ]);
      expect(refusal(await access('addTenantAccess', open))).toEqual([409, 'Can not add access to a public flavor.']);
      expect(refusal(await nova(admin, 'GET', `/flavors/${open}/os-flavor-access`))).toEqual([
        ...[404, 'Access list not available for public flavors.'],
      ]);
      const unknown = await nova(admin, 'POST', `/flavors/${id}/action`, { addTenantAccess: { tenant: 'nope' } });
      expect(refusal(unknown)).toEqual([400, 'Project ID nope is not a valid project.']);
    });

    it('imports a key with its fingerprint, once per user and name', async () => {
      const key = uniqueName('key');
      const created = await nova(tenant.session, 'POST', '/os-keypairs', { keypair: { name: key, public_key: KEY } });
      const view = { name: key, public_key: KEY, fingerprint: FINGERPRINT };
      const { userId } = tenant.session;
      expect([created.status, at(created, 'keypair')]).toEqual([201, { ...view, type: 'ssh', user_id: userId }]);
      const again = await nova(tenant.session, 'POST', '/os-keypairs', { keypair: { name: key, public_key: KEY } });
      expect(refusal(again)).toEqual([409, `Key pair '${key}' already exists.`]);
      const forUser = { keypair: { name: key, public_key: KEY, user_id: admin.userId } };
      expect((await nova(tenant.session, 'POST', '/os-keypairs', forUser)).status).toBe(403);
      expect(at(await nova(tenant.session, 'GET', `/os-keypairs/${key}`), 'keypair')).toEqual({
        ...{ ...view, type: 'ssh', user_id: userId, id: expect.any(Number), deleted: false, deleted_at: null },
        ...{ created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.0{6}$/), updated_at: null },
      });
      const oldest = await nova(tenant.session, 'GET', '/os-keypairs', undefined, '2.1');
      expect(oldest.body).toEqual({ keypairs: [{ keypair: view }] });
      const byAdmin = await nova(admin, 'GET', `/os-keypairs?user_id=${userId}`);
      expect(byAdmin.body).toEqual({ keypairs: [{ keypair: { ...view, type: 'ssh' } }] });
      expect((await nova(admin, 'GET', `/os-keypairs/${key}`)).status).toBe(404);
      expect((await nova(tenant.session, 'DELETE', `/os-keypairs/${key}`)).status).toBe(204);
      expect(refusal(await nova(tenant.session, 'DELETE', `/os-keypairs/${key}`))).toEqual([
        ...[404, `Keypair ${key} not found for user ${userId}`],
      ]);
    });

    it('lets an admin keep the keys of another user, since 2.10', async () => {
      const key = `${uniqueName('key')}.a@b`;
      const { userId } = tenant.session;
      const created = await nova(admin, 'POST', '/os-keypairs', {
        keypair: { name: key, public_key: KEY, user_id: userId },
      });
      expect([created.status, at(created, 'keypair', 'user_id')]).toEqual([201, userId]);
      expect((await nova(tenant.session, 'GET', `/os-keypairs/${key}`)).status).toBe(200);
      const page = await nova(tenant.session, 'GET', '/os-keypairs?limit=1');
      expect(text(page, 'keypairs_links', '0', 'href')).toContain(`marker=${encodeURIComponent(key)}`);
      expect(refusal(await nova(tenant.session, 'GET', '/os-keypairs?marker=nope'))).toEqual([
        ...[400, 'Marker nope could not be found.'],
      ]);
      const foreign = await nova(tenant.session, 'GET', `/os-keypairs?user_id=${admin.userId}`);
      expect(refusal(foreign)).toEqual([403, "Policy doesn't allow os_compute_api:os-keypairs:index to be performed."]);
      expect((await nova(admin, 'DELETE', `/os-keypairs/${key}?user_id=${userId}`)).status).toBe(204);
    });

    it('generates keys before 2.92 and no more since', async () => {
      const key = uniqueName('key');
      const refused = await nova(tenant.session, 'POST', '/os-keypairs', { keypair: { name: key } });
      expect(refusal(refused)).toEqual([
        ...[
          400,
          `Invalid input for field/attribute keypair. Value: {'name': '${key}'}. 'public_key' is a required property`,
        ],
      ]);
      const made = await nova(tenant.session, 'POST', '/os-keypairs', { keypair: { name: key } }, '2.1');
      expect([made.status, text(made, 'keypair', 'private_key').split('\n')[0]]).toEqual([
        ...[200, '-----BEGIN RSA PRIVATE KEY-----'],
      ]);
      expect(text(made, 'keypair', 'public_key')).toMatch(/^ssh-rsa [A-Za-z0-9+/]+=* Generated-by-Nova$/);
      expect((await nova(tenant.session, 'DELETE', `/os-keypairs/${key}`, undefined, '2.1')).status).toBe(202);
    });

    it('refuses keys that are none, and names beyond its alphabet', async () => {
      const post = (keypair: object, version = NEWEST): Promise<Answer> =>
        nova(tenant.session, 'POST', '/os-keypairs', { keypair }, version);
      const letters = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
      const [said, only] = ["An invalid 'name' value was provided. The name must be: ", 'Only expected characters: '];
      expect(refusal(await post({ name: 'a', public_key: 'zzz' }))).toEqual([
        ...[400, 'Keypair data is invalid: failed to generate fingerprint'],
      ]);
      const garbled = `ssh-ed25519 ${randomBytes(51).toString('base64')}`;
      expect(refusal(await post({ name: 'a', public_key: garbled }))[0]).toBe(400);
      expect(refusal(await post({ name: 'a!', public_key: KEY }))).toEqual([400, `${said}${only}[@._- ${letters}]`]);
      expect(refusal(await post({ name: 'a.b', public_key: KEY }, '2.1'))).toEqual([
        400,
        `${said}${only}[_- ${letters}]`,
      ]);
      expect(refusal(await post({ name: 'a', public_key: KEY, type: 'zz' }))).toEqual([
        ...[400, "Invalid input for field/attribute type. Value: zz. 'zz' is not one of ['ssh', 'x509']"],
      ]);
    });

    it('takes RSA and ECDSA keys too', async () => {
      for (const publicKey of [rsaKey(), ecdsaKey()]) {
        const key = uniqueName('key');
        const created = await nova(tenant.session, 'POST', '/os-keypairs', {
          keypair: { name: key, public_key: publicKey },
        });
        expect([created.status, at(created, 'keypair', 'public_key')]).toEqual([201, publicKey]);
        await nova(tenant.session, 'DELETE', `/os-keypairs/${key}`);
      }
    });

    it('keeps quotas by project', async () => {
      const { projectId } = tenant.session;
      const quota = `/os-quota-sets/${projectId}`;
      const standard = {
        ...{ cores: 20, instances: 10, key_pairs: 100, metadata_items: 128, ram: 51200 },
        ...{ server_group_members: 10, server_groups: 10 },
      };
      expect((await nova(tenant.session, 'GET', quota)).body).toEqual({ quota_set: { ...standard, id: projectId } });
      expect(at(await nova(admin, 'GET', quota, undefined, '2.1'), 'quota_set')).toEqual({
        ...{ ...standard, id: projectId, fixed_ips: -1, floating_ips: -1, injected_files: 5 },
        ...{ injected_file_content_bytes: 10240, injected_file_path_bytes: 255, security_groups: -1 },
        security_group_rules: -1,
      });
      expect(at(await nova(admin, 'GET', `${quota}/detail`), 'quota_set', 'cores')).toEqual({
        ...{ limit: 20, in_use: 0, reserved: 0 },
      });
      const put = await nova(admin, 'PUT', quota, { quota_set: { cores: 21 } });
      expect(put.body).toEqual({ quota_set: { ...standard, cores: 21 } });
      expect(at(await nova(tenant.session, 'GET', '/limits'), 'limits', 'absolute', 'maxTotalCores')).toBe(21);
      expect((await nova(admin, 'DELETE', quota)).status).toBe(202);
      expect((await nova(admin, 'GET', quota)).body).toEqual({ quota_set: { ...standard, id: projectId } });
      expect(refusal(await nova(admin, 'PUT', quota, { quota_set: { foo: 1 } }))).toEqual([
        ...[
          400,
          "Invalid input for field/attribute quota_set. Value: {'foo': 1}. Additional properties are not allowed ('foo' was unexpected)",
        ],
      ]);
      expect(refusal(await nova(admin, 'GET', '/os-quota-sets/nope'))).toEqual([
        ...[400, 'Project ID nope is not a valid project.'],
      ]);
      expect(refusal(await nova(tenant.session, 'PUT', quota, { quota_set: { cores: 1 } }))).toEqual([
        ...[403, "Policy doesn't allow os_compute_api:os-quota-sets:update to be performed."],
      ]);
    });

    it('knows its zone, and no server that is not there', async () => {
      expect(at(await nova(tenant.session, 'GET', '/os-availability-zone'), 'availabilityZoneInfo')).toEqual([
        { zoneName: 'nova', zoneState: { available: true }, hosts: null },
      ]);
      expect((await nova(tenant.session, 'GET', '/servers/detail')).body).toEqual({ servers: [] });
      const id = randomUUID();
      expect(refusal(await nova(tenant.session, 'GET', `/servers/${id}`))).toEqual([
        ...[404, `Instance ${id} could not be found.`],
      ]);
    });
  });
}

function nova(session: Session, method: string, path: string, json?: object, version = NEWEST): Promise<Answer> {
  const headers = { 'OpenStack-API-Version': `compute ${version}` };
  return session.call('compute', method, path, json === undefined ? { headers } : { json, headers });
}

/** Status and message of a refusal. */
function refusal(answer: Answer): [status: number, message: unknown] {
  const [name = ''] = Object.keys(Object(answer.body));
  expect(at(answer, name, 'code')).toBe(answer.status);
  return [answer.status, at(answer, name, 'message')];
}

function listOf(answer: Answer, key: string): unknown[] {
  const list = at(answer, key);
  return Array.isArray(list) ? list : [];
}

function valueOf(row: unknown, key: string): unknown {
  return at({ body: row }, key);
}

function rsaKey(): string {
  const { e = '', n = '' } = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
  return sshKey('ssh-rsa', [signed(Buffer.from(e, 'base64url')), signed(Buffer.from(n, 'base64url'))]);
}

function ecdsaKey(): string {
  const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([
    Buffer.from([4]),
    Buffer.from(jwk.x ?? '', 'base64url'),
    Buffer.from(jwk.y ?? '', 'base64url'),
  ]);
  return sshKey('ecdsa-sha2-nistp256', [Buffer.from('nistp256'), point]);
}

function sshKey(type: string, parts: readonly Buffer[]): string {
  const framed = [Buffer.from(type), ...parts].map((part) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    return Buffer.concat([length, part]);
  });
  return `${type} ${Buffer.concat(framed).toString('base64')}`;
}

function signed(number: Buffer): Buffer {
  return (number[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), number]) : number;
}
