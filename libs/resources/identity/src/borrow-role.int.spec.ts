import type { Json, JsonObject } from '@osm/kernel';
import type { Cloud, PastStep } from '@osm/resource';
import { describe, expect, it } from 'vitest';
import { grant, revoke } from './borrow-role.ts';
import { domain } from './domain.ts';
import { fakeDestination, projectStep } from './fake-destination.suite.ts';
import { project } from './project.ts';
import { role } from './role.ts';

const rolesIn = async (cloud: Cloud, projectId: string): Promise<readonly Json[]> => {
  const query = { 'scope.project.id': projectId };
  const found: Json[] = [];
  for await (const { role } of cloud.list('identity', '/role_assignments', { key: 'role_assignments', query })) {
    found.push(role ?? null);
  }
  return found;
};

const past = (planId: string, step: string, outputs: JsonObject = {}, outcome: PastStep['outcome'] = 'succeeded') => ({
  planId,
  step,
  outcome,
  outputs,
});

/** A project of the destination, and what the steps of its source are given. */
const twin = async (
  { cloud, make }: Awaited<ReturnType<typeof fakeDestination>>,
  attributes: JsonObject = {},
  body: JsonObject = {},
) => {
  const acme = await make(domain, { name: 'acme' });
  const destinationId = await make(project, { name: 'web', domain_id: acme, parent_id: acme, ...body });
  const context = (outputs: Record<string, JsonObject> = {}, history: readonly PastStep[] = []) =>
    projectStep(cloud, attributes, () => acme, { destinationId, outputs, history });
  return { destinationId, context };
};

describe('borrowing a role', () => {
  it('gives a token of the project for as long as it lasts', async () => {
    await using destination = await fakeDestination();
    const { cloud, show } = destination;
    const { destinationId, context } = await twin(destination);

    const granted = await grant.run(context());
    expect(granted).toMatchObject({ assigned: [expect.any(String), expect.any(String), expect.any(String)] });
    expect((await cloud.inProject(destinationId).whoAmI()).roles).toEqual(
      expect.arrayContaining(['member', 'creator', 'load-balancer_member']),
    );

    expect(await revoke.run(context({ grant: granted }))).toEqual({ revoked: true });
    expect(await rolesIn(cloud, destinationId)).toEqual([]);
    expect(await show(project, destinationId)).toMatchObject({ tags: [] });
  });

  it('is of every role that a service asks for beside the members’, where the cloud has it', async () => {
    await using destination = await fakeDestination();
    const { cloud, make } = destination;
    await make(role, { name: 'swiftoperator' });
    const { destinationId, context } = await twin(destination);

    const granted = await grant.run(context());
    expect((await cloud.inProject(destinationId).whoAmI()).roles).toContain('swiftoperator');
    expect(await revoke.run(context({ grant: granted }))).toEqual({ revoked: true });
    expect(await rolesIn(cloud, destinationId)).toEqual([]);
  });

  it('takes back what an attempt assigned that never told of it', async () => {
    await using destination = await fakeDestination();
    const { cloud } = destination;
    const { destinationId, context } = await twin(destination);
    await grant.run(context());
    expect(await grant.run(context())).toMatchObject({
      assigned: [expect.any(String), expect.any(String), expect.any(String)],
    });
    await grant.run(context());
    await revoke.run(context());
    await revoke.run(context());
    expect(await rolesIn(cloud, destinationId)).toEqual([]);
  });

  it('leaves a role that others have assigned', async () => {
    await using destination = await fakeDestination();
    const { cloud } = destination;
    const { destinationId, context } = await twin(destination);
    const theirs = await grant.run(context());
    await cloud.send('identity', { method: 'PUT', path: `/projects/${destinationId}/tags`, body: { tags: [] } });

    const granted = await grant.run(context());
    expect(granted).toEqual({ ...theirs, assigned: [] });
    expect(await revoke.run(context({ grant: granted }))).toEqual({ revoked: false });
    expect(await rolesIn(cloud, destinationId)).toHaveLength(3);
  });

  it.each([
    ['the project can be marked', false],
    ['the project is immutable and takes no mark', true],
  ])('is shared by two plans, and the last of them gives it back, when %s', async (_, immutable) => {
    await using destination = await fakeDestination();
    const { cloud } = destination;
    const { destinationId, context } = await twin(destination, {}, { options: immutable ? { immutable } : {} });

    const a = await grant.run(context());
    const b = await grant.run(context({}, [past('a', 'grant', a)]));
    const early = await revoke.run(context({ grant: a }, [past('b', 'grant', b)]));
    expect(early).toEqual({ revoked: false, heldBy: ['b'] });
    expect(await rolesIn(cloud, destinationId)).toHaveLength(3);

    const late = await revoke.run(context({ grant: b }, [past('a', 'grant', a), past('a', 'revoke', early)]));
    expect(late).toEqual({ revoked: true });
    expect(await rolesIn(cloud, destinationId)).toEqual([]);
  });

  it('does not wait for a plan whose giving back has failed', async () => {
    await using destination = await fakeDestination();
    const { cloud } = destination;
    const { destinationId, context } = await twin(destination);
    const a = await grant.run(context());
    const history = [past('b', 'grant', a), past('b', 'revoke', {}, 'failed')];
    expect(await revoke.run(context({ grant: a }, history))).toEqual({ revoked: true });
    expect(await rolesIn(cloud, destinationId)).toEqual([]);
  });

  it('enables a project that the source has disabled, and disables it again', async () => {
    await using destination = await fakeDestination();
    const { cloud, show } = destination;
    const { destinationId, context } = await twin(destination, { enabled: false }, { enabled: false });

    const granted = await grant.run(context());
    expect((await cloud.inProject(destinationId).whoAmI()).projectId).toBe(destinationId);
    await revoke.run(context({ grant: granted }));

    expect(await show(project, destinationId)).toMatchObject({ enabled: false, tags: [] });
  });

  it('says what is missing', async () => {
    await using destination = await fakeDestination();
    const { context } = await twin(destination);
    await expect(grant.run({ ...context(), destinationId: undefined })).rejects.toMatchObject({ code: 'missing-twin' });
    const policy = { ...context().policy, member_role_name: 'no-such' };
    await expect(grant.run({ ...context(), policy })).rejects.toMatchObject({ code: 'no-such-role' });
  });
});
