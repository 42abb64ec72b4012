/** What Keystone does, as laws that the fake and real clouds pass alike. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, ContractCloud, Sent, Session, Tenant } from './glance-session.ts';
import { at, makeTenant, signIn, text, uniqueName } from './glance-session.ts';

/** The laws of Keystone. `cloudOf` is called once, before the first law. */
export function describeKeystone(name: string, cloudOf: () => ContractCloud | Promise<ContractCloud>): void {
  describe(`keystone of ${name}`, { timeout: 60_000 }, () => {
    let cloud: ContractCloud;
    let admin: Session;
    let tenant: Tenant;
    const made: string[] = [];

    beforeAll(async () => {
      cloud = await cloudOf();
      admin = await signIn(cloud);
      tenant = await makeTenant(cloud, admin);
    });

    afterAll(async () => {
      for (const path of made.reverse()) await remove(path);
      await tenant.remove();
    });

    /** Domains go only when disabled; everything else at once. */
    async function remove(path: string): Promise<void> {
      if (path.startsWith('/domains/')) await ask('PATCH', path, { json: { domain: { enabled: false } } });
      await ask('DELETE', path);
    }

    const ask = (method: string, path: string, sent: Sent = {}): Promise<Answer> =>
      admin.call('identity', method, withVersion(admin, path), sent);

    /** Makes a thing that the suite takes away again; answers its body. */
    async function make(kind: string, attributes: object): Promise<Answer> {
      const answer = await ask('POST', `/${kind}s`, { json: { [kind]: attributes } });
      if (answer.status === 201) made.push(`/${kind}s/${text(answer, kind, 'id')}`);
      return answer;
    }

    async function makeId(kind: string, attributes: object): Promise<string> {
      return text(await make(kind, attributes), kind, 'id');
    }

    function errorOf(answer: Answer): string {
      expect(at(answer, 'error', 'code')).toBe(answer.status);
      return text(answer, 'error', 'message');
    }

    async function roleId(role: string): Promise<string> {
      return text(await ask('GET', `/roles?name=${role}`), 'roles', '0', 'id');
    }

    const authenticate = async (auth: object): Promise<Answer> => {
      const response = await fetch(`${cloud.authUrl}/auth/tokens`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ auth }),
      });
      const bytes = Buffer.from(await response.arrayBuffer());
      const body: unknown = JSON.parse(bytes.toString('utf8'));
      return { status: response.status, headers: response.headers, body, bytes };
    };

    describe('versions', () => {
      it('names version 3 without a token', async () => {
        const response = await fetch(cloud.authUrl);
        expect(response.status).toBe(200);
        expect(await response.json()).toMatchObject({
          version: { id: 'v3.14', status: 'stable', 'media-types': [{ base: 'application/json' }] },
        });
        expect(response.headers.get('x-openstack-request-id')).toMatch(/^req-/);
      });

      it('offers a choice of one at its root', async () => {
        const response = await fetch(cloud.authUrl.replace(/\/v3$/, '/'));
        expect(response.status).toBe(300);
        expect(await response.json()).toMatchObject({ versions: { values: [{ id: 'v3.14' }] } });
      });
    });

    describe('tokens', () => {
      it('says 401 and no more for a wrong password', async () => {
        const user = { name: cloud.credentials.username, domain: { id: 'default' }, password: 'wrong' };
        const answer = await authenticate({ identity: { methods: ['password'], password: { user } } });
        expect(answer.status).toBe(401);
        expect(answer.headers.get('www-authenticate')).toMatch(/^Keystone uri="http/);
        expect(answer.body).toEqual({
          error: { code: 401, message: 'The request you have made requires authentication.', title: 'Unauthorized' },
        });
      });

      it('says what is missing in a request without `auth`', async () => {
        const response = await fetch(`${cloud.authUrl}/auth/tokens`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: '{}',
        });
        expect(response.status).toBe(400);
        expect(await response.json()).toMatchObject({
          error: { message: expect.stringMatching(/^Expecting to find auth in request body\. The server could not/) },
        });
      });

      it('shows a token with user, project, roles that imply others, and the catalogue', async () => {
        const answer = await ask('GET', '/auth/tokens', { headers: { 'X-Subject-Token': admin.token } });
        expect(answer.status).toBe(200);
        expect(answer.headers.get('x-subject-token')).toBe(admin.token);
        expect(answer.body).toMatchObject({
          token: {
            methods: ['password'],
            user: { id: admin.userId, domain: { id: 'default', name: 'Default' }, password_expires_at: null },
            project: { id: admin.projectId, domain: { id: 'default' } },
            is_domain: false,
            expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
          },
        });
        const names = listAt(answer, 'token', 'roles').map((role) => at({ body: role }, 'name'));
        expect(names).toEqual(expect.arrayContaining(['admin', 'member', 'reader']));
      });

      it('lists each endpoint three times in the catalogue, and can leave the catalogue out', async () => {
        const headers = { 'X-Subject-Token': admin.token };
        const whole = await ask('GET', '/auth/tokens', { headers });
        const network = listAt(whole, 'token', 'catalog').find((each) => at({ body: each }, 'type') === 'network');
        const faces = listAt({ body: network }, 'endpoints').map((each) => at({ body: each }, 'interface'));
        expect(faces.sort()).toEqual(['admin', 'internal', 'public']);
        const bare = await ask('GET', '/auth/tokens?nocatalog', { headers });
        expect(at(bare, 'token', 'catalog')).toBeUndefined();
      });

      it('gives an unscoped token no roles and no catalogue', async () => {
        const { username, password } = cloud.credentials;
        const user = { name: username, domain: { id: 'default' }, password };
        const identity = { methods: ['password'], password: { user } };
        const answer = await authenticate({ identity, scope: 'unscoped' });
        expect(answer.status).toBe(201);
        expect(at(answer, 'token', 'catalog')).toBeUndefined();
        expect(at(answer, 'token', 'roles')).toBeUndefined();
        expect(at(answer, 'token', 'project')).toBeUndefined();
      });

      it('gives system scope to whom it is granted', async () => {
        const { username, password } = cloud.credentials;
        const user = { name: username, domain: { id: 'default' }, password };
        const identity = { methods: ['password'], password: { user } };
        const answer = await authenticate({ identity, scope: { system: { all: true } } });
        expect(answer.status).toBe(201);
        expect(at(answer, 'token', 'system')).toEqual({ all: true });
      });

      it('takes a token for another one that ends with it', async () => {
        const token = { id: tenant.session.token };
        const scope = { project: { id: tenant.session.projectId } };
        const answer = await authenticate({ identity: { methods: ['token'], token }, scope });
        expect(answer.status).toBe(201);
        expect(listAt(answer, 'token', 'methods').map(String).sort()).toEqual(['password', 'token']);
      });

      it('refuses a project in which the user has no role', async () => {
        const token = { id: tenant.session.token };
        const scope = { project: { id: admin.projectId } };
        const answer = await authenticate({ identity: { methods: ['token'], token }, scope });
        expect(answer.status).toBe(401);
      });

      it('does not know a token that never was', async () => {
        const answer = await ask('GET', '/auth/tokens', { headers: { 'X-Subject-Token': 'nothing' } });
        expect(answer.status).toBe(404);
        expect(errorOf(answer)).toBe('Could not recognize Fernet token');
      });

      it('takes a token back', async () => {
        const again = await signIn({ authUrl: cloud.authUrl, credentials: cloud.credentials });
        const headers = { 'X-Subject-Token': again.token };
        expect((await ask('DELETE', '/auth/tokens', { headers })).status).toBe(204);
        expect((await again.call('identity', 'GET', withVersion(again, '/regions'))).status).toBe(401);
      });
    });

    describe('domains and projects', () => {
      it('makes a project with what is not said filled in', async () => {
        const project = uniqueName('project');
        const answer = await make('project', { name: project });
        expect(answer.status).toBe(201);
        expect(answer.body).toEqual({
          project: {
            id: expect.stringMatching(/^[0-9a-f]{32}$/),
            name: project,
            domain_id: 'default',
            description: '',
            enabled: true,
            parent_id: 'default',
            is_domain: false,
            tags: [],
            options: {},
            links: { self: expect.stringContaining('/v3/projects/') },
          },
        });
      });

      it('refuses a second project of the same name in a domain, and takes it in another one', async () => {
        const project = uniqueName('project');
        await makeId('project', { name: project });
        const second = await make('project', { name: project });
        expect(second.status).toBe(409);
        expect(errorOf(second)).toMatch(
          /^Conflict occurred attempting to store project - it is not permitted to have two projects with either the same name or same id in the same domain: name is contract-project-[0-9a-f]+, project id [0-9a-f]{32}\.$/,
        );
        const domain = await makeId('domain', { name: uniqueName('domain') });
        expect((await make('project', { name: project, domain_id: domain })).status).toBe(201);
      });

      it.each([
        ['no name', {}, /'name' is a required property/],
        ['an empty name', { name: '' }, /'' is too short/],
        ['a name of 65 characters', { name: 'n'.repeat(65) }, /is too long/],
      ])('refuses %s', async (_what, attributes, message) => {
        const answer = await make('project', attributes);
        expect(answer.status).toBe(400);
        expect(errorOf(answer)).toMatch(message);
      });

      it('keeps disabled, tags and attributes that it does not know', async () => {
        const id = await makeId('project', { name: uniqueName('p'), enabled: false, tags: ['b', 'a'], colour: 'red' });
        const answer = await ask('GET', `/projects/${id}`);
        expect(answer.body).toMatchObject({ project: { enabled: false, colour: 'red' } });
        expect(listAt(answer, 'project', 'tags').map(String).sort()).toEqual(['a', 'b']);
      });

      it('keeps the tree of projects whole', async () => {
        const parent = await makeId('project', { name: uniqueName('parent') });
        const child = await makeId('project', { name: uniqueName('child'), parent_id: parent });
        const deleted = await ask('DELETE', `/projects/${parent}`);
        expect(deleted.status).toBe(403);
        expect(errorOf(deleted)).toBe(
          `Cannot delete the project ${parent} since it is not a leaf in the hierarchy. Use the cascade option if you want to delete a whole subtree.`,
        );
        const moved = await ask('PATCH', `/projects/${child}`, { json: { project: { parent_id: 'default' } } });
        expect([moved.status, errorOf(moved)]).toEqual([403, 'Update of `parent_id` is not allowed.']);
        const disabled = await ask('PATCH', `/projects/${parent}`, { json: { project: { enabled: false } } });
        expect(errorOf(disabled)).toBe(`Cannot disable project ${parent} since its subtree contains enabled projects.`);
      });

      it('refuses a project under a disabled one', async () => {
        const parent = await makeId('project', { name: uniqueName('parent'), enabled: false });
        const answer = await make('project', { name: uniqueName('child'), parent_id: parent });
        expect(answer.status).toBe(400);
        expect(errorOf(answer)).toBe(`cannot create a project in a branch containing a disabled project: ${parent}`);
      });

      it('replaces, adds and removes tags', async () => {
        const id = await makeId('project', { name: uniqueName('tagged') });
        expect((await ask('PUT', `/projects/${id}/tags`, { json: { tags: ['z', 'a'] } })).status).toBe(200);
        expect((await ask('PUT', `/projects/${id}/tags/q`)).status).toBe(201);
        expect(at(await ask('GET', `/projects/${id}/tags`), 'tags')).toEqual(['a', 'q', 'z']);
        expect((await ask('DELETE', `/projects/${id}/tags/a`)).status).toBe(204);
        const found = await ask('GET', '/projects?tags=q,z');
        expect(listAt(found, 'projects').map((each) => at({ body: each }, 'id'))).toEqual([id]);
        expect(errorOf(await ask('GET', `/projects/${id}/tags/nothing`))).toBe('Could not find project tag: nothing.');
      });

      it('finds by exact name', async () => {
        const project = uniqueName('named');
        const id = await makeId('project', { name: project });
        const found = await ask('GET', `/projects?name=${project}`);
        expect(listAt(found, 'projects').map((each) => at({ body: each }, 'id'))).toEqual([id]);
      });

      it('shows a domain as a project of its own', async () => {
        const id = await makeId('domain', { name: uniqueName('domain') });
        expect((await ask('GET', `/projects/${id}`)).body).toMatchObject({
          project: { is_domain: true, domain_id: null, parent_id: null },
        });
      });

      it('deletes a domain only when disabled, with all that is in it', async () => {
        const id = await makeId('domain', { name: uniqueName('domain') });
        const user = await makeId('user', { name: uniqueName('user'), domain_id: id });
        const refused = await ask('DELETE', `/domains/${id}`);
        expect([refused.status, errorOf(refused)]).toEqual([
          403,
          'Cannot delete a domain that is enabled, please disable it first.',
        ]);
        await ask('PATCH', `/domains/${id}`, { json: { domain: { enabled: false } } });
        expect((await ask('DELETE', `/domains/${id}`)).status).toBe(204);
        expect((await ask('GET', `/users/${user}`)).status).toBe(404);
      });

      it('refuses a second domain of the same name', async () => {
        const domain = uniqueName('domain');
        await makeId('domain', { name: domain });
        const answer = await make('domain', { name: domain });
        expect(answer.status).toBe(409);
        expect(errorOf(answer)).toBe(
          `Conflict occurred attempting to store project - it is not permitted to have two projects acting as domains with the same name: ${domain}.`,
        );
      });

      it('does not find what is not there', async () => {
        const answer = await ask('GET', '/projects/nothing');
        expect([answer.status, errorOf(answer)]).toEqual([404, 'Could not find project: nothing.']);
      });
    });

    describe('users and groups', () => {
      it('makes a user and never shows its password', async () => {
        const project = await makeId('project', { name: uniqueName('home') });
        const user = uniqueName('user');
        const given = { name: user, password: 'secret', email: 'a@example.org', default_project_id: project };
        const answer = await make('user', { ...given, options: { ignore_lockout_failure_attempts: true } });
        expect(answer.body).toEqual({
          user: {
            id: expect.stringMatching(/^[0-9a-f]{32}$/),
            name: user,
            domain_id: 'default',
            enabled: true,
            email: 'a@example.org',
            default_project_id: project,
            password_expires_at: null,
            options: { ignore_lockout_failure_attempts: true },
            links: { self: expect.stringContaining('/v3/users/') },
          },
        });
      });

      it('shows no default project where there is none', async () => {
        const answer = await make('user', { name: uniqueName('user') });
        expect(Object.keys(Object(at(answer, 'user')))).not.toContain('default_project_id');
      });

      it('refuses a second user of the same name', async () => {
        const user = uniqueName('user');
        await makeId('user', { name: user });
        const answer = await make('user', { name: user });
        expect([answer.status, errorOf(answer)]).toEqual([
          409,
          `Conflict occurred attempting to store user - Duplicate entry found with name ${user} at domain ID default.`,
        ]);
      });

      it('says attributes that it does not know twice in the answer to a change, and once later', async () => {
        const id = await makeId('user', { name: uniqueName('user'), email: 'a@example.org' });
        const changed = await ask('PATCH', `/users/${id}`, { json: { user: { enabled: false } } });
        expect(changed.body).toMatchObject({
          user: { enabled: false, email: 'a@example.org', extra: { email: 'a@example.org' } },
        });
        expect(Object.keys(Object(at(await ask('GET', `/users/${id}`), 'user')))).not.toContain('extra');
      });

      it('does not let a disabled user in', async () => {
        const user = { name: uniqueName('user'), password: 'secret' };
        await makeId('user', { ...user, enabled: false });
        const identity = { methods: ['password'], password: { user: { ...user, domain: { id: 'default' } } } };
        expect((await authenticate({ identity })).status).toBe(401);
      });

      it('puts users in groups and out of them', async () => {
        const group = await makeId('group', { name: uniqueName('group') });
        const user = await makeId('user', { name: uniqueName('user') });
        const path = `/groups/${group}/users/${user}`;
        const outside = await ask('GET', path);
        expect([outside.status, errorOf(outside)]).toEqual([404, `User '${user}' not found in group '${group}'`]);
        expect((await ask('PUT', path)).status).toBe(204);
        expect((await ask('HEAD', path)).status).toBe(204);
        const members = await ask('GET', `/groups/${group}/users`);
        expect(listAt(members, 'users').map((each) => at({ body: each }, 'id'))).toEqual([user]);
        const groups = await ask('GET', `/users/${user}/groups`);
        expect(listAt(groups, 'groups')).toMatchObject([{ id: group, description: '', membership_expires_at: null }]);
        expect((await ask('DELETE', path)).status).toBe(204);
        expect((await ask('HEAD', path)).status).toBe(404);
      });
    });

    describe('roles', () => {
      it('makes a role that has no description', async () => {
        const role = uniqueName('role');
        const answer = await make('role', { name: role });
        expect(answer.body).toMatchObject({ role: { name: role, domain_id: null, description: null, options: {} } });
        const again = await make('role', { name: role });
        expect([again.status, errorOf(again)]).toEqual([
          409,
          `Conflict occurred attempting to store role - Duplicate entry found with name ${role}.`,
        ]);
      });

      it('keeps roles of a domain apart from global ones', async () => {
        const domain = await makeId('domain', { name: uniqueName('domain') });
        const id = await makeId('role', { name: uniqueName('role'), domain_id: domain });
        const ids = async (query: string): Promise<unknown[]> =>
          listAt(await ask('GET', `/roles${query}`), 'roles').map((each) => at({ body: each }, 'id'));
        expect(await ids('')).not.toContain(id);
        expect(await ids(`?domain_id=${domain}`)).toEqual([id]);
      });

      it('will not delete a role marked immutable', async () => {
        const answer = await ask('DELETE', `/roles/${await roleId('member')}`);
        expect(answer.status).toBe(403);
        expect(errorOf(answer)).toMatch(/^Unable to delete immutable role resource: `/);
      });

      it('lets a role imply another one', async () => {
        const prior = await makeId('role', { name: uniqueName('role') });
        const path = `/roles/${prior}/implies/${await roleId('reader')}`;
        const made = await ask('PUT', path);
        expect(made.status).toBe(201);
        expect(at(made, 'role_inference', 'implies', 'name')).toBe('reader');
        expect((await ask('GET', path)).status).toBe(200);
        const all = await ask('GET', `/roles/${prior}/implies`);
        expect(listAt(all, 'role_inference', 'implies')).toHaveLength(1);
        expect((await ask('DELETE', path)).status).toBe(204);
        expect((await ask('GET', path)).status).toBe(404);
      });

      it('gives, shows and takes back a role on a project', async () => {
        const project = await makeId('project', { name: uniqueName('project') });
        const user = await makeId('user', { name: uniqueName('user') });
        const role = await roleId('member');
        const path = `/projects/${project}/users/${user}/roles/${role}`;
        const absent = `Could not find role assignment with role: ${role}, user or group: ${user}, project, domain, or system: ${project}.`;
        expect(errorOf(await ask('GET', path))).toBe(absent);
        expect((await ask('PUT', path)).status).toBe(204);
        expect((await ask('PUT', path)).status).toBe(204);
        expect((await ask('HEAD', path)).status).toBe(204);
        const listed = await ask('GET', `/projects/${project}/users/${user}/roles`);
        expect(listAt(listed, 'roles')).toMatchObject([{ id: role, name: 'member' }]);
        expect((await ask('DELETE', path)).status).toBe(204);
        expect(errorOf(await ask('DELETE', path))).toBe(absent);
      });

      it('lists assignments by user, with names when asked', async () => {
        const projectName = uniqueName('project');
        const project = await makeId('project', { name: projectName });
        const userName = uniqueName('user');
        const user = await makeId('user', { name: userName });
        const role = await roleId('member');
        await ask('PUT', `/projects/${project}/users/${user}/roles/${role}`);
        await ask('PUT', `/system/users/${user}/roles/${role}`);
        const plain = listAt(await ask('GET', `/role_assignments?user.id=${user}`), 'role_assignments');
        expect(plain).toHaveLength(2);
        expect(plain).toContainEqual(
          expect.objectContaining({ scope: { project: { id: project } }, user: { id: user }, role: { id: role } }),
        );
        expect(plain).toContainEqual(expect.objectContaining({ scope: { system: { all: true } } }));
        const query = `user.id=${user}&scope.project.id=${project}&include_names=1`;
        const named = listAt(await ask('GET', `/role_assignments?${query}`), 'role_assignments');
        expect(named).toMatchObject([
          {
            scope: { project: { id: project, name: projectName, domain: { id: 'default', name: 'Default' } } },
            user: { id: user, name: userName, domain: { id: 'default', name: 'Default' } },
            role: { id: role, name: 'member' },
          },
        ]);
      });

      it('resolves groups, inheritance and implied roles in effective assignments', async () => {
        const domain = await makeId('domain', { name: uniqueName('domain') });
        const project = await makeId('project', { name: uniqueName('project'), domain_id: domain });
        const group = await makeId('group', { name: uniqueName('group') });
        const user = await makeId('user', { name: uniqueName('user') });
        await ask('PUT', `/groups/${group}/users/${user}`);
        const role = await roleId('member');
        await ask('PUT', `/OS-INHERIT/domains/${domain}/groups/${group}/roles/${role}/inherited_to_projects`);
        const direct = await ask('GET', `/role_assignments?group.id=${group}`);
        expect(listAt(direct, 'role_assignments')).toMatchObject([
          { scope: { domain: { id: domain }, 'OS-INHERIT:inherited_to': 'projects' }, group: { id: group } },
        ]);
        const query = `effective&user.id=${user}&scope.project.id=${project}&include_names`;
        const effective = listAt(await ask('GET', `/role_assignments?${query}`), 'role_assignments');
        const names = effective.map((each) => at({ body: each }, 'role', 'name'));
        expect(names.sort()).toEqual(['member', 'reader']);
      });

      it('refuses a query for two targets', async () => {
        const answer = await ask('GET', '/role_assignments?scope.domain.id=a&scope.project.id=b');
        expect([answer.status, errorOf(answer)]).toEqual([400, 'Specify a domain or project, not both']);
      });
    });

    describe('application credentials', () => {
      const path = (): string => `/users/${admin.userId}/application_credentials`;

      async function makeCredential(attributes: object): Promise<Answer> {
        const answer = await ask('POST', path(), { json: { application_credential: attributes } });
        if (answer.status === 201) made.push(`${path()}/${text(answer, 'application_credential', 'id')}`);
        return answer;
      }

      it('gives a token of its project for its secret, which is shown once', async () => {
        const credential = uniqueName('credential');
        const answer = await makeCredential({ name: credential, roles: [{ name: 'reader' }] });
        const id = text(answer, 'application_credential', 'id');
        const secret = text(answer, 'application_credential', 'secret');
        const identity = { methods: ['application_credential'], application_credential: { id, secret } };
        const token = await authenticate({ identity });
        expect(token.status).toBe(201);
        expect(at(token, 'token', 'project', 'id')).toBe(admin.projectId);
        expect(at(token, 'token', 'application_credential')).toEqual({ id, name: credential, restricted: true });
        const later = await ask('GET', `${path()}/${id}`);
        expect(Object.keys(Object(at(later, 'application_credential')))).not.toContain('secret');
      });

      it('refuses a second one of the same name, and one for somebody else', async () => {
        const credential = uniqueName('credential');
        await makeCredential({ name: credential });
        const second = await makeCredential({ name: credential });
        expect([second.status, errorOf(second)]).toEqual([
          409,
          `Conflict occurred attempting to store application_credential - Duplicate entry found with name ${credential}.`,
        ]);
        const foreign = `/users/${tenant.session.userId}/application_credentials`;
        const answer = await ask('POST', foreign, { json: { application_credential: { name: credential } } });
        expect([answer.status, errorOf(answer)]).toEqual([
          403,
          'You are not authorized to perform the requested action: identity:create_application_credential.',
        ]);
      });
    });

    describe('credentials', () => {
      it('keeps a blob as it is and names an EC2 credential by its access key', async () => {
        const blob = JSON.stringify({ access: uniqueName('access'), secret: 'y' });
        const given = { type: 'ec2', blob, project_id: admin.projectId, user_id: admin.userId };
        const answer = await make('credential', given);
        expect(answer.body).toMatchObject({ credential: { ...given, id: expect.stringMatching(/^[0-9a-f]{64}$/) } });
      });
    });

    describe('EC2 credentials of others', () => {
      it('answers the same pair by its access key, and allows each access key once', async () => {
        const user = await makeId('user', { name: uniqueName('user') });
        const access = uniqueName('access');
        const blob = JSON.stringify({ access, secret: 'y', trust_id: null });
        const given = { type: 'ec2', blob, project_id: admin.projectId, user_id: user };
        const made = await make('credential', given);
        expect(made.status).toBe(201);
        const shown = await ask('GET', `/users/${user}/credentials/OS-EC2/${access}`);
        expect(shown.body).toMatchObject({
          credential: { access, secret: 'y', user_id: user, tenant_id: admin.projectId, trust_id: null },
        });
        const second = await make('credential', given);
        const id = text(made, 'credential', 'id');
        expect([second.status, errorOf(second)]).toEqual([
          409,
          `Conflict occurred attempting to store credential - Duplicate entry found with ID ${id}.`,
        ]);
      });

      it('keeps two equal ones of any other type', async () => {
        const user = await makeId('user', { name: uniqueName('user') });
        const given = { type: 'totp', blob: 'GEZDGNBVGY3TQOJQ', user_id: user };
        const ids = [await makeId('credential', given), await makeId('credential', given)];
        const listed = listAt(await ask('GET', `/credentials?user_id=${user}&type=totp`), 'credentials');
        expect(listed.map((each) => at({ body: each }, 'id')).sort()).toEqual(ids.sort());
        expect(listed).toMatchObject([{ project_id: null }, { project_id: null }]);
      });
    });

    describe('trusts', () => {
      it('are made by the trustor alone, and shown to administrators, in lists without roles', async () => {
        const trustee = await makeId('user', { name: uniqueName('user') });
        const given = { trustee_user_id: trustee, project_id: admin.projectId, roles: [{ name: 'reader' }] };
        const make = (trustor: string): Promise<Answer> =>
          ask('POST', '/OS-TRUST/trusts', {
            json: { trust: { ...given, trustor_user_id: trustor, impersonation: false } },
          });
        const foreign = await make(trustee);
        expect([foreign.status, errorOf(foreign)]).toEqual([
          403,
          'You are not authorized to perform the requested action: identity:create_trust.',
        ]);
        const answer = await make(admin.userId);
        expect(answer.status).toBe(201);
        const id = text(answer, 'trust', 'id');
        made.push(`/OS-TRUST/trusts/${id}`);
        const all = listAt(await ask('GET', `/OS-TRUST/trusts?trustor_user_id=${admin.userId}`), 'trusts');
        const mine = all.find((each) => at({ body: each }, 'id') === id);
        expect(mine).toMatchObject({ trustee_user_id: trustee, expires_at: null, remaining_uses: null });
        expect(Object.keys(Object(mine))).not.toContain('roles');
        expect((await ask('GET', `/OS-TRUST/trusts/${id}`)).body).toMatchObject({
          trust: { id, roles: [{ name: 'reader' }], project_id: admin.projectId, impersonation: false },
        });
        expect(errorOf(await ask('GET', '/OS-TRUST/trusts/none'))).toBe('Could not find trust: none.');
      });
    });

    describe('domain configuration', () => {
      it('is not found where a domain has no directory of its own', async () => {
        const answer = await ask('GET', '/domains/default/config');
        expect([answer.status, errorOf(answer)]).toEqual([
          404,
          'Could not find any options in domain configuration for domain default.',
        ]);
      });
    });

    describe('what a member may do', () => {
      const member = (method: string, path: string, sent: Sent = {}): Promise<Answer> =>
        tenant.session.call('identity', method, withVersion(tenant.session, path), sent);

      it.each([
        ['projects', 'list_projects'],
        ['users', 'list_users'],
        ['roles', 'list_roles'],
        ['domains', 'list_domains'],
        ['role_assignments', 'list_role_assignments'],
      ])('may not list %s', async (collection, action) => {
        const answer = await member('GET', `/${collection}`);
        expect([answer.status, errorOf(answer)]).toEqual([
          403,
          `You are not authorized to perform the requested action: identity:${action}.`,
        ]);
      });

      it('sees itself, its project and the regions', async () => {
        const { userId, projectId } = tenant.session;
        expect((await member('GET', `/users/${userId}`)).status).toBe(200);
        expect((await member('GET', `/projects/${projectId}`)).status).toBe(200);
        expect((await member('GET', '/regions')).status).toBe(200);
        const own = await member('GET', '/auth/projects');
        expect(listAt(own, 'projects').map((each) => at({ body: each }, 'id'))).toEqual([projectId]);
      });

      it('is refused without a token', async () => {
        const response = await fetch(`${cloud.authUrl}/projects`);
        expect(response.status).toBe(401);
      });
    });
  });
}

/** Some clouds' catalogues name Keystone with its version, some without. */
function withVersion(session: Session, path: string): string {
  return session.endpoint('identity').endsWith('/v3') ? path : `/v3${path}`;
}

function listAt(answer: Pick<Answer, 'body'>, ...path: readonly string[]): unknown[] {
  const value = at(answer, ...path);
  if (!Array.isArray(value)) throw new Error(`no list at ${path.join('.')} of ${JSON.stringify(answer.body)}`);
  const list: unknown[] = value;
  return list;
}
