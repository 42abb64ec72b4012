import { PolicySchema, type TwinOf } from '@osm/resource';
import { describe, expect, it } from 'vitest';
import { close, closeBranch, open, openBranch } from './branch.ts';
import { domain } from './domain.ts';
import { fakeDestination, projectStep } from './fake-destination.suite.ts';
import { project } from './project.ts';

const signal = new AbortController().signal;
const twin =
  (id: string): TwinOf =>
  () =>
    id;

describe('a project below a disabled one', () => {
  it('has steps around its making, and no others have', () => {
    const attributes = { id: 'web', name: 'web', domain_id: 'acme', parent_id: 'acme', enabled: true };
    const steps = (branch_enabled: boolean) =>
      project.steps({ ...attributes, branch_enabled }, PolicySchema.parse({})).map(({ name }) => name);
    expect(steps(true)).toEqual(['create']);
    expect(steps(false)).toEqual(['open-branch', 'create', 'close-branch']);
  });

  it('is made, and what was disabled is disabled again', async () => {
    await using destination = await fakeDestination();
    const { cloud, make, show } = destination;
    const acme = await make(domain, { name: 'acme', enabled: false, tags: ['gold'] });
    const context = projectStep(cloud, { enabled: false, branch_enabled: false }, twin(acme));
    const web = { name: 'web', domain_id: acme, parent_id: acme, enabled: false };
    await expect(make(project, web)).rejects.toMatchObject({ code: 'bad-request' });

    // Each step runs twice, as after a crash.
    await openBranch.run(context);
    await openBranch.run(context);
    const id = await make(project, web);
    await closeBranch.run(context);
    await closeBranch.run(context);

    expect(await show(domain, acme)).toMatchObject({ enabled: false, tags: ['gold'] });
    expect(await show(project, id)).toMatchObject({ enabled: false, branch_enabled: false, tags: [] });
  });

  it('finds the whole branch open, from the domain down', async () => {
    await using destination = await fakeDestination();
    const { cloud, make, show } = destination;
    const acme = await make(domain, { name: 'acme', enabled: true });
    const root = await make(project, { name: 'root', domain_id: acme, parent_id: acme });
    const child = await make(project, { name: 'child', domain_id: acme, parent_id: root });
    for (const id of [child, root, acme]) {
      await cloud.send('identity', { method: 'PATCH', path: `/projects/${id}`, body: { project: { enabled: false } } });
    }

    await open(cloud, child, 'osm-a', signal);
    for (const id of [child, root]) expect(await show(project, id)).toMatchObject({ enabled: true });
    expect(await show(domain, acme)).toMatchObject({ enabled: true });

    await close(cloud, child, 'osm-a', signal);
    for (const id of [child, root]) expect(await show(project, id)).toMatchObject({ enabled: false, tags: [] });
    expect(await show(domain, acme)).toMatchObject({ enabled: false, tags: [] });
  });

  it('stays open until the last of those who opened it has closed it', async () => {
    await using destination = await fakeDestination();
    const { cloud, make, show } = destination;
    const acme = await make(domain, { name: 'acme', enabled: false });
    await open(cloud, acme, 'osm-a', signal);
    await open(cloud, acme, 'osm-b', signal);
    await close(cloud, acme, 'osm-a', signal);
    expect(await show(domain, acme)).toMatchObject({ enabled: true });
    await close(cloud, acme, 'osm-b', signal);
    expect(await show(domain, acme)).toMatchObject({ enabled: false, tags: [] });
  });

  it('leaves alone what is enabled', async () => {
    await using destination = await fakeDestination();
    const { cloud, make, show } = destination;
    const acme = await make(domain, { name: 'acme', enabled: true });
    await open(cloud, acme, 'osm-a', signal);
    expect(await show(domain, acme)).toMatchObject({ enabled: true, tags: [] });
    await close(cloud, acme, 'osm-a', signal);
    expect(await show(domain, acme)).toMatchObject({ enabled: true });
  });
});
