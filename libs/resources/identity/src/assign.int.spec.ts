import { isFailure, type JsonObject } from '@osm/kernel';
import type { Cloud, Resource, StepContext, TwinOf } from '@osm/resource';
import { describe, expect, it } from 'vitest';
import { assign } from './assign.ts';
import { domain } from './domain.ts';
import { fakeDestination, projectStep } from './fake-destination.suite.ts';
import { group } from './group.ts';
import { project } from './project.ts';
import { user } from './user.ts';

type Destination = Awaited<ReturnType<typeof fakeDestination>>;

const roleNamed = async (cloud: Cloud, name: string): Promise<string> => {
  for await (const { id } of cloud.list('identity', '/roles', { key: 'roles', query: { name } })) return String(id);
  throw new Error(`there is no role ${name}`);
};

/** The twins of the source's ids, by type and id. */
const twins =
  (known: { readonly [ref: string]: string }): TwinOf =>
  ({ type, id }) =>
    known[`${type}/${id}`];

const stepOf = (
  { cloud }: Destination,
  handler: Resource,
  attributes: JsonObject,
  destinationId: string,
  twinOf: TwinOf,
): StepContext => ({
  ...projectStep(cloud, {}, twinOf),
  handler,
  ref: { type: handler.type, id: 'source' },
  attributes,
  destinationId,
});

const on = (role: string, projectId: string) => ({
  role_id: role,
  scope: { project: projectId },
  inherited: false,
});

/** A domain with two projects and a user at the destination. */
const given = async (destination: Destination) => {
  const { cloud, make } = destination;
  const acme = await make(domain, { name: 'acme' });
  const web = await make(project, { name: 'web', domain_id: acme, parent_id: acme });
  const data = await make(project, { name: 'data', domain_id: acme, parent_id: acme });
  const alice = await make(user, { name: 'alice', domain_id: acme });
  return { acme, web, data, alice, reader: await roleNamed(cloud, 'reader'), member: await roleNamed(cloud, 'member') };
};

describe('assigning', () => {
  it('defect 28: gives a user every role, also when one is refused, and what is missing with the next run', async () => {
    await using destination = await fakeDestination();
    const { web, data, alice, reader, member } = await given(destination);
    const role_assignments = [on('bad', 'web'), on('reader', 'web'), on('member', 'data')];
    const known = { 'role/bad': 'no-such-role', 'role/reader': reader, 'role/member': member };
    const run = (ends: { readonly [ref: string]: string }) =>
      assign('user').run(
        stepOf(destination, user, { role_assignments }, alice, twins({ ...known, 'project/web': web, ...ends })),
      );

    const refused = await run({ 'project/data': data }).catch((error: unknown) => error);
    expect(isFailure(refused) && refused.code).toBe('not-found');
    expect(await destination.show(user, alice)).toMatchObject({
      role_assignments: expect.arrayContaining([on(reader, web), on(member, data)]),
    });

    expect(await run({ 'role/bad': reader, 'project/data': data })).toEqual({ assigned: 3, pending: [] });
  });

  it('defect N2: leaves out projects that have no twin, tells which, and takes them in when they have come', async () => {
    await using destination = await fakeDestination();
    const { web, data, alice, reader } = await given(destination);
    const attributes = { role_assignments: [on('reader', 'web'), on('reader', 'data')], groups: ['ops'] };
    const ends = { 'role/reader': reader, 'project/web': web };
    const run = (more: { readonly [ref: string]: string } = {}) =>
      assign('user').run(stepOf(destination, user, attributes, alice, twins({ ...ends, ...more })));

    expect(await run()).toEqual({ assigned: 1, pending: ['project/data', 'group/ops'] });
    expect((await destination.show(user, alice))['role_assignments']).toEqual([on(reader, web)]);

    const ops = await destination.make(group, { name: 'ops', domain_id: 'default' });
    expect(await run({ 'project/data': data, 'group/ops': ops })).toEqual({ assigned: 3, pending: [] });
    expect(await destination.show(user, alice)).toMatchObject({ groups: [ops] });
    expect(await destination.show(group, ops)).toMatchObject({ members: [alice] });
  });

  it('puts users into a group, and those that come later too', async () => {
    await using destination = await fakeDestination();
    const { acme, alice, reader, web } = await given(destination);
    const ops = await destination.make(group, { name: 'ops', domain_id: acme });
    const attributes = { members: ['alice', 'bob'], role_assignments: [on('reader', 'web')] };
    const ends = { 'user/alice': alice, 'role/reader': reader, 'project/web': web };
    const run = (more: { readonly [ref: string]: string } = {}) =>
      assign('group').run(stepOf(destination, group, attributes, ops, twins({ ...ends, ...more })));

    expect(await run()).toEqual({ assigned: 2, pending: ['user/bob'] });
    const bob = await destination.make(user, { name: 'bob', domain_id: acme });
    expect(await run({ 'user/bob': bob })).toEqual({ assigned: 3, pending: [] });
    expect(await destination.show(group, ops)).toMatchObject({
      members: [alice, bob].sort(),
      role_assignments: [on(reader, web)],
    });
  });
});
