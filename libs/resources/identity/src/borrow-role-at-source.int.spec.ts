import type { JsonObject } from '@osm/kernel';
import { listAll, updateOne, type Cloud, type PastStep } from '@osm/resource';
import { describe, expect, it } from 'vitest';
import { grantSource, revokeSource } from './borrow-role-at-source.ts';
import { askInEachProject } from './borrow-role-to-look.ts';
import { borrowRole, existingRole } from './borrow-role-in-project.ts';
import { readNode } from './branch.ts';
import { domain } from './domain.ts';
import { fakeDestination, projectStep } from './fake-destination.suite.ts';
import { project } from './project.ts';

const rolesIn = async (cloud: Cloud, id: string): Promise<number> => {
  const query = { 'scope.project.id': id };
  const options = { key: 'role_assignments', query };
  return (await Array.fromAsync(cloud.list('identity', '/role_assignments', options))).length;
};

const rawTags = (cloud: Cloud, id: string): Promise<readonly string[]> => readNode(cloud, id).then(({ tags }) => tags);

const past = (planId: string, step: string, outputs: JsonObject): PastStep => ({
  planId,
  step,
  outcome: 'succeeded',
  outputs,
});

/** A project of the source that the migrating user has no role in. */
const theirs = async ({ cloud, make }: Awaited<ReturnType<typeof fakeDestination>>, body: JsonObject = {}) => {
  const acme = await make(domain, { name: 'acme' });
  const id = await make(project, { name: 'web', domain_id: acme, parent_id: acme, tags: ['prod'], ...body });
  const context = (outputs: Record<string, JsonObject> = {}, history: readonly PastStep[] = []) =>
    projectStep(cloud, {}, () => undefined, { ref: { type: 'project', id }, outputs, history });
  return { id, acme, context };
};

const whoAsks = (inside: Cloud) => inside.whoAmI().then(({ projectId }) => [projectId]);

describe('borrowing a role at the source', () => {
  it('defect 19: gives a token of the project for as long as it lasts, and nothing is left', async () => {
    await using source = await fakeDestination();
    const { cloud, show } = source;
    const { id, context } = await theirs(source);

    const granted = await grantSource.run(context());
    await grantSource.run(context());
    expect((await cloud.inProject(id).whoAmI()).roles).toContain('admin');
    expect(await show(project, id)).toMatchObject({ tags: ['prod'] });

    expect(await revokeSource.run(context({ 'grant-source': granted }))).toEqual({ revoked: true });
    expect(await rolesIn(cloud, id)).toBe(0);
    expect(await rawTags(cloud, id)).toEqual(['prod']);
  });

  it('leaves a role that others have assigned', async () => {
    await using source = await fakeDestination();
    const { cloud } = source;
    const { id, context } = await theirs(source);
    await grantSource.run(context());
    await cloud.send('identity', { method: 'PUT', path: `/projects/${id}/tags`, body: { tags: [] } });

    const granted = await grantSource.run(context());
    expect(granted).toEqual({ assigned: [] });
    expect(await revokeSource.run(context({ 'grant-source': granted }))).toEqual({ revoked: false });
    expect(await rolesIn(cloud, id)).toBe(1);
  });

  it('is given back by the last of the plans that hold it', async () => {
    await using source = await fakeDestination();
    const { cloud } = source;
    const { id, context } = await theirs(source, { options: { immutable: true } });
    const a = await grantSource.run(context());
    const b = await grantSource.run(context({}, [past('a', 'grant-source', a)]));
    expect(await revokeSource.run(context({ 'grant-source': a }, [past('b', 'grant-source', b)]))).toMatchObject({
      heldBy: ['b'],
    });
    expect(await rolesIn(cloud, id)).toBe(1);
  });

  it('never enables a project, and says why it cannot read there', async () => {
    await using source = await fakeDestination();
    const { id, context } = await theirs(source, { enabled: false });
    const closed = { ...context(), attributes: { ...context().attributes, enabled: false } };
    await expect(grantSource.run(closed)).rejects.toMatchObject({ code: 'project-disabled' });
    expect(await source.show(project, id)).toMatchObject({ enabled: false, tags: ['prod'] });
  });
});

describe('asking in each project', () => {
  it('goes everywhere but where no token can be had, and leaves nothing', async () => {
    await using source = await fakeDestination();
    const { cloud, make } = source;
    const { id, acme } = await theirs(source);
    const closed = await make(project, { name: 'closed', domain_id: acme, parent_id: acme, enabled: false });
    const away = await make(domain, { name: 'away' });
    const asleep = await make(project, { name: 'asleep', domain_id: away, parent_id: away });
    await updateOne(cloud, domain, away, { enabled: false });

    const asked = await Array.fromAsync(askInEachProject(cloud, whoAsks));
    const { projectId: own } = await cloud.whoAmI();
    expect(asked).toEqual(expect.arrayContaining([id, own]));
    expect(asked).not.toEqual(expect.arrayContaining([closed]));
    expect(asked).not.toEqual(expect.arrayContaining([asleep]));
    expect(await rolesIn(cloud, id)).toBe(0);
    expect(await rawTags(cloud, id)).toEqual(['prod']);
    expect(await rolesIn(cloud, String(own))).toBe(1);
  });

  it('leaves nothing when the question fails', async () => {
    await using source = await fakeDestination();
    const { cloud } = source;
    const { id } = await theirs(source);
    const refuse = async (inside: Cloud) => {
      if ((await inside.whoAmI()).projectId === id) throw new Error('no answer');
      return [];
    };
    await expect(Array.fromAsync(askInEachProject(cloud, refuse))).rejects.toThrow('no answer');
    expect(await rolesIn(cloud, id)).toBe(0);
    expect(await rawTags(cloud, id)).toEqual(['prod']);
  });

  it('takes back what a crash has left', async () => {
    await using source = await fakeDestination();
    const { cloud } = source;
    const { id } = await theirs(source);
    const crashed = askInEachProject(cloud, async (inside) => {
      if ((await inside.whoAmI()).projectId === id) await new Promise(() => undefined);
      return [];
    });
    // Nobody ever hears of it again.
    void crashed[Symbol.asyncIterator]().next();
    await expect.poll(() => rolesIn(cloud, id)).toBe(1);

    await Array.fromAsync(askInEachProject(cloud, whoAsks));
    expect(await rolesIn(cloud, id)).toBe(0);
    expect(await rawTags(cloud, id)).toEqual(['prod']);
  });

  it('and a plan that holds a loan there do not disturb each other', async () => {
    await using source = await fakeDestination();
    const { cloud } = source;
    const { id, context } = await theirs(source);
    const granted = await grantSource.run(context());
    const asked = await Array.fromAsync(askInEachProject(cloud, whoAsks));
    expect(asked).toContain(id);
    expect(await rolesIn(cloud, id)).toBe(1);

    // The plan gives its loan back while the look has one of its own.
    const role = await existingRole(cloud, 'admin');
    await borrowRole({ cloud, projectId: id, role, holder: 'osm-0123456789abcdef0123456' });
    await revokeSource.run(context({ 'grant-source': granted }));
    expect(await rolesIn(cloud, id)).toBe(1);
  });

  it('passes by a project that goes away meanwhile', async () => {
    await using source = await fakeDestination();
    const { cloud } = source;
    const { id } = await theirs(source);
    const asked = askInEachProject(cloud, async (inside) => {
      const { projectId } = await inside.whoAmI();
      if (projectId !== id) return [projectId];
      await cloud.send('identity', { method: 'DELETE', path: `/projects/${id}` });
      return inside.whoAmI().then(() => [id]);
    });
    expect(await Array.fromAsync(asked)).not.toContain(id);
  });

  it('shows projects without our marks', async () => {
    await using source = await fakeDestination();
    const { cloud } = source;
    const { id, context } = await theirs(source);
    await grantSource.run(context());
    const listed = await Array.fromAsync(listAll(cloud, project, 'all-tenants'));
    expect(listed.find((item) => item['id'] === id)).toMatchObject({ tags: ['prod'] });
  });
});
