/** What Barbican does with secrets and containers, as laws that the fake and real clouds pass alike. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, ContractCloud, Sent, Session } from './glance-session.ts';
import { at, makeTenant, signIn, text, uniqueName } from './glance-session.ts';

const CONSUMERS = { 'OpenStack-API-Version': 'key-manager 1.1' };

/** Two members of a project with the role creator, one without, and the means to take all of it away. */
interface Project {
  readonly ann: Session;
  readonly bob: Session;
  readonly stranger: Session;
  remove(): Promise<void>;
}

/** The laws of Barbican. `cloudOf` is called once, before the first law. */
export function describeBarbican(name: string, cloudOf: () => ContractCloud | Promise<ContractCloud>): void {
  describe(`barbican of ${name}`, () => {
    let project: Project;
    let ann: Session;
    const made: string[] = [];

    beforeAll(async () => {
      project = await makeProject(await cloudOf());
      ({ ann } = project);
    });
    afterAll(async () => {
      for (const path of made.reverse()) await barbican(ann, 'DELETE', path);
      await project.remove();
    });

    async function make(collection: 'secrets' | 'containers', json: object, who = ann): Promise<string> {
      const answer = await barbican(who, 'POST', `/v1/${collection}`, { json });
      const key = collection === 'secrets' ? 'secret_ref' : 'container_ref';
      const path = `/v1/${collection}/${text(answer, key).split('/').at(-1) ?? ''}`;
      made.push(path);
      return path;
    }

    it('says under which address it gives out references', async () => {
      const root = await fetch(`${ann.endpoint('key-manager')}/`);
      expect([root.status, await root.json()]).toMatchObject([300, { versions: { values: [{ id: 'v1' }] } }]);
      const dressed = await fetch(`${ann.endpoint('key-manager')}/`, { headers: CONSUMERS });
      expect(await dressed.json()).toMatchObject({ versions: [{ min_version: '1.0', max_version: '1.1' }] });
      const version = await barbican(ann, 'GET', '/v1/');
      const [self] = at(version, 'version', 'links') as readonly { readonly href: string }[];
      const created = await barbican(ann, 'POST', '/v1/secrets', { json: {} });
      made.push(`/v1/secrets/${text(created, 'secret_ref').split('/').at(-1) ?? ''}`);
      expect(text(created, 'secret_ref')).toMatch(`${self?.href ?? ''}secrets/`);
    });

    it('shows a secret without payload, then takes its payload once', async () => {
      const asked = { name: 'aes', algorithm: 'aes', bit_length: 256, mode: 'cbc', secret_type: 'symmetric' };
      const path = await make('secrets', { ...asked, expiration: '2090-01-02T03:04:05Z' });
      const shown = await barbican(ann, 'GET', path);
      expect(Object.keys(shown.body as object).sort()).toEqual([
        ...['algorithm', 'bit_length', 'created', 'creator_id', 'expiration', 'mode', 'name', 'secret_ref'],
        ...['secret_type', 'status', 'updated'],
      ]);
      expect(shown.body).toMatchObject({ ...asked, expiration: '2090-01-02T03:04:05', creator_id: ann.userId });
      expect(at(await barbican(ann, 'GET', path, { headers: CONSUMERS }), 'consumers')).toEqual([]);
      const none = await barbican(ann, 'GET', `${path}/payload`, { headers: { Accept: 'application/octet-stream' } });
      expect(refusal(none)).toEqual([404, 'Not Found', 'Not Found. Sorry but your secret has no payload.']);

      const bytes = new Uint8Array([0, 255, 10, 13]);
      expect((await barbican(ann, 'PUT', path, { bytes })).status).toBe(204);
      const again = await barbican(ann, 'PUT', path, { bytes });
      expect(refusal(again)).toEqual([409, 'Conflict', 'Secret already has data, cannot modify it.']);
      const payload = await barbican(ann, 'GET', `${path}/payload`, {
        headers: { Accept: 'application/octet-stream' },
      });
      expect([payload.status, [...payload.bytes]]).toEqual([200, [...bytes]]);
      expect(at(await barbican(ann, 'GET', path), 'content_types')).toEqual({ default: 'application/octet-stream' });
      const wrong = await barbican(ann, 'GET', `${path}/payload`, { headers: { Accept: 'text/plain' } });
      expect(refusal(wrong)).toEqual([
        ...[406, 'Not Acceptable', 'Secret payload retrieval issue seen - Wrong payload content-type.'],
      ]);
    });

    it('keeps text as it is put, and strips it where it comes with the secret', async () => {
      const put = await make('secrets', { name: null });
      const content = ' grüße {"a": 1}\n';
      const headers = { 'Content-Type': 'text/plain' };
      await barbican(ann, 'PUT', put, { bytes: Buffer.from(content), headers });
      const posted = await make('secrets', { payload: content, payload_content_type: 'text/plain' });
      const read = async (path: string): Promise<string> =>
        (await barbican(ann, 'GET', `${path}/payload`, { headers: { Accept: 'text/plain' } })).bytes.toString('utf8');
      expect([await read(put), await read(posted)]).toEqual([content, content.trim()]);
      expect(at(await barbican(ann, 'GET', put), 'content_types')).toEqual({ default: 'text/plain' });
    });

    it('takes few types of payload, and fewer in a second write', async () => {
      const pkcs8 = { payload: 'AAEC', payload_content_type: 'application/pkcs8', payload_content_encoding: 'base64' };
      const path = await make('secrets', pkcs8);
      expect(at(await barbican(ann, 'GET', path), 'content_types')).toEqual({ default: 'application/pkcs8' });
      const empty = await make('secrets', {});
      for (const type of ['application/pkcs8', 'application/json']) {
        const answer = await barbican(ann, 'PUT', empty, {
          bytes: Buffer.from('{}'),
          headers: { 'Content-Type': type },
        });
        expect(answer.status).toBe(415);
      }
      const nothing = await barbican(ann, 'PUT', empty, { bytes: new Uint8Array() });
      expect(refusal(nothing)[0]).toBe(400);
    });

    it('refuses what it does not understand', async () => {
      const refused = async (json: object): Promise<unknown> =>
        refusal(await barbican(ann, 'POST', '/v1/secrets', { json }))[2];
      const schema = "Provided object does not match schema 'Secret': ";
      expect(await refused({ name: 5 })).toBe(`${schema}5 is not of type 'string', 'null'. Invalid property: 'name'`);
      expect(await refused({ algorithm: null })).toBe(
        `${schema}None is not of type 'string'. Invalid property: 'algorithm'`,
      );
      expect(await refused({ expiration: '2020-01-01T00:00:00' })).toBe(
        `${schema}'expiration' is before current time. Invalid property: 'expiration'`,
      );
      expect(await refused({ payload: 'x' })).toBe(
        `${schema}If 'payload' is supplied, 'payload_content_type' must also be supplied.. Invalid property: 'payload_content_type'`,
      );
    });

    it('shows nobody a secret that has expired, and still names it in its container', async () => {
      const soon = new Date(Date.now() + 3000).toISOString();
      const path = await make('secrets', { name: 'soon', expiration: soon });
      const href = text(await barbican(ann, 'GET', path), 'secret_ref');
      const container = await make('containers', { type: 'generic', secret_refs: [{ secret_ref: href }] });
      await expect
        .poll(async () => (await barbican(ann, 'GET', path)).status, { timeout: 15_000, interval: 500 })
        .toBe(404);
      expect(at(await barbican(ann, 'GET', '/v1/secrets?name=soon'), 'total')).toBe(0);
      expect(at(await barbican(ann, 'GET', container), 'secret_refs')).toEqual([{ name: null, secret_ref: href }]);
      const again = await barbican(ann, 'POST', '/v1/containers', {
        json: { type: 'generic', secret_refs: [{ secret_ref: href }] },
      });
      expect(refusal(again)).toEqual([404, 'Not Found', "Secret provided for 'None' doesn't exist."]);
    });

    it('lists page by page, with an absolute address of the next', async () => {
      for (let n = 0; n < 3; n++) await make('secrets', { name: 'paged' });
      const first = await barbican(ann, 'GET', '/v1/secrets?name=paged&limit=2');
      expect([at(first, 'total'), (at(first, 'secrets') as readonly unknown[]).length]).toEqual([3, 2]);
      expect(text(first, 'next')).toMatch(/\/v1\/secrets\?limit=2&offset=2$/);
      const second = await barbican(ann, 'GET', '/v1/secrets?name=paged&limit=2&offset=2');
      expect(at(second, 'next')).toBeUndefined();
      expect(text(second, 'previous')).toMatch(/\/v1\/secrets\?limit=2&offset=0$/);
    });

    it('wants the role creator of members, and the project of everybody', async () => {
      const path = await make('secrets', { name: 'mine', payload: 'x', payload_content_type: 'text/plain' });
      const words = 'attempt not allowed - please review your user/project privileges';
      const post = await barbican(project.stranger, 'POST', '/v1/secrets', { json: {} });
      expect(refusal(post)).toEqual([403, 'Forbidden', `Secret creation ${words}`]);
      expect(refusal(await barbican(project.stranger, 'GET', '/v1/secrets'))).toEqual([
        ...[403, 'Forbidden', `Secret(s) retrieval ${words}`],
      ]);
      expect(refusal(await barbican(project.stranger, 'GET', path))).toEqual([
        ...[403, 'Forbidden', `Secret retrieval ${words}`],
      ]);
      expect((await barbican(project.bob, 'GET', path)).status).toBe(200);
    });

    it('shows what is private to its creator and to those on its list alone', async () => {
      const path = await make('secrets', { name: 'private', payload: 'x', payload_content_type: 'text/plain' });
      expect((await barbican(ann, 'GET', `${path}/acl`)).body).toEqual({ read: { 'project-access': true } });
      const lock = { read: { 'project-access': false, users: [project.stranger.userId] } };
      expect((await barbican(ann, 'PUT', `${path}/acl`, { json: lock })).status).toBe(200);
      expect((await barbican(ann, 'GET', `${path}/acl`)).body).toMatchObject(lock);
      const headers = { Accept: 'text/plain' };
      const statuses = [ann, project.bob, project.stranger].map(
        async (who) => (await barbican(who, 'GET', `${path}/payload`, { headers })).status,
      );
      expect(await Promise.all(statuses)).toEqual([200, 403, 200]);
      const bad = await barbican(ann, 'PUT', `${path}/acl`, { json: { read: { 'project-access': 'x' } } });
      expect(refusal(bad)[2]).toBe(
        "Provided object does not match schema 'ACL': 'x' is not of type 'boolean'. Invalid property: 'read'",
      );
    });

    it('keeps metadata under keys in lower case', async () => {
      const path = await make('secrets', {});
      const put = await barbican(ann, 'PUT', `${path}/metadata`, { json: { metadata: { Team: 'Blue ü' } } });
      expect(put.status).toBe(201);
      expect((await barbican(ann, 'GET', `${path}/metadata`)).body).toEqual({ metadata: { team: 'Blue ü' } });
      const bad = await barbican(ann, 'PUT', `${path}/metadata`, { json: { metadata: { 'a b': 'x' } } });
      expect(refusal(bad)).toEqual([400, 'Bad Request', 'Invalid Key. Key must be URL safe.']);
    });

    it('keeps containers of three types, with the names that each wants', async () => {
      const paths = [await make('secrets', { name: 'k' }), await make('secrets', { name: 'p' })];
      const [key, half] = await Promise.all(
        paths.map(async (path) => text(await barbican(ann, 'GET', path), 'secret_ref')),
      );
      const refs = [
        { name: 'private_key', secret_ref: key },
        { name: 'public_key', secret_ref: half },
      ];
      const path = await make('containers', { type: 'rsa', name: 'pair', secret_refs: refs });
      const shown = await barbican(ann, 'GET', path);
      expect(shown.body).toMatchObject({ type: 'rsa', name: 'pair', consumers: [], status: 'ACTIVE' });
      expect(at(shown, 'secret_refs')).toEqual(expect.arrayContaining(refs));
      await make('containers', { type: 'certificate', secret_refs: [{ name: 'certificate', secret_ref: key }] });
      await make('containers', { type: 'generic' });
      const refused = async (json: object): Promise<unknown> =>
        refusal(await barbican(ann, 'POST', '/v1/containers', { json }))[2];
      expect(await refused({ type: 'x' })).toBe(
        "Provided object does not match schema 'Container': 'x' is not one of ['generic', 'rsa', 'certificate']. Invalid property: 'type'",
      );
      expect(await refused({ type: 'rsa', secret_refs: [{ name: 'x', secret_ref: key }] })).toMatch(
        /allowed for RSA type/,
      );
      const away = [{ name: 'x', secret_ref: 'http://elsewhere.example/v1/secrets/x' }];
      expect(await refused({ type: 'generic', secret_refs: away })).toBe('Provided field value is not supported');
      expect((await barbican(ann, 'DELETE', path)).status).toBe(204);
      expect(refusal(await barbican(ann, 'GET', path))).toEqual([404, 'Not Found', 'Secrets container not found.']);
    });
  });
}

async function barbican(who: Session, method: string, path: string, sent: Sent = {}): Promise<Answer> {
  return who.call('key-manager', method, path, { ...sent, headers: { Accept: 'application/json', ...sent.headers } });
}

function refusal(answer: Answer): readonly unknown[] {
  return [answer.status, at(answer, 'title'), at(answer, 'description')];
}

async function makeProject(cloud: ContractCloud): Promise<Project> {
  const admin = await signIn(cloud);
  const name = uniqueName('barbican');
  const asked = { project: { name } };
  const projectId = text(await admin.call('identity', 'POST', '/projects', { json: asked }), 'project', 'id');
  const role = await admin.call('identity', 'GET', '/roles?name=creator');
  const creator = text(role, 'roles', '0', 'id');
  const users: string[] = [];
  const creatorOf = async (who: string): Promise<Session> => {
    const user = { name: `${name}-${who}`, password: name, default_project_id: projectId };
    const id = text(await admin.call('identity', 'POST', '/users', { json: { user } }), 'user', 'id');
    users.push(id);
    await admin.call('identity', 'PUT', `/projects/${projectId}/users/${id}/roles/${creator}`);
    const credentials = { ...cloud.credentials, username: user.name, password: name, projectName: name };
    const inDefault = { ...credentials, userDomainName: 'Default', projectDomainName: 'Default' };
    return signIn({ authUrl: cloud.authUrl, credentials: inDefault });
  };
  const tenant = await makeTenant(cloud, admin);
  return {
    ann: await creatorOf('ann'),
    bob: await creatorOf('bob'),
    stranger: tenant.session,
    remove: async () => {
      await tenant.remove();
      for (const id of users) await admin.call('identity', 'DELETE', `/users/${id}`);
      await admin.call('identity', 'DELETE', `/projects/${projectId}`);
    },
  };
}
