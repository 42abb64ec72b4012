import { everyEvent } from '@osm/contracts';
import { isFailure } from '@osm/kernel';
import type { Cloud } from '@osm/resource';
import { draft, migrate, run, scan, startTopology, type Topology } from '@osm/testing/harness';
import { listed } from '@osm/testing/tenant';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containerAt, containersOf, givenObjects, objectsIn, putObject, type GivenObjects } from './given-objects.ts';

const types = ['domain', 'project', 'role', 'user', 'object-container'];

describe('the objects of a project that moves', () => {
  const closing: (() => Promise<void>)[] = [];
  let given: GivenObjects;
  let topology: Topology;
  let destination: Cloud;
  let guestTwin = '';
  let userTwin = '';

  const wanted = () => ({
    route: given.clouds.route,
    roots: [{ type: 'domain', id: given.domainId }],
    include: { needs: true, members: true },
    types,
  });
  const containers = (...names: readonly string[]) => ({
    ...wanted(),
    roots: names.map((name) => ({ type: 'object-container', id: `${given.projectId}/${name}` })),
    include: { needs: false, members: false },
  });

  beforeAll(async () => {
    given = await givenObjects();
    closing.push(() => given.end());
    const { cloudsYaml, route, folder } = given.clouds;
    const dataDirectory = path.join(folder, 'data');
    topology = await startTopology('embedded', { cloudsYaml, route, dataDirectory, policy: {} });
    closing.push(() => topology.close());
  });
  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
  });

  it('arrive equal byte by byte: plain, empty, large in both ways, of odd names, with all that is said of them', async () => {
    const outcome = await migrate(topology, wanted());
    expect(outcome.failures).toEqual([]);
    expect(outcome).toMatchObject({ failed: 0, skipped: 0 });

    const { admin } = given.clouds.destination;
    const domains = await listed(admin, 'identity', { path: '/domains', key: 'domains' });
    const sources = await listed(given.clouds.source.admin, 'identity', { path: '/domains', key: 'domains' });
    const name = sources.find(({ id }) => id === given.domainId)?.['name'];
    const query = { domain_id: String(domains.find((domain) => domain['name'] === name)?.['id']) };
    const projects = await listed(admin, 'identity', { path: '/projects', key: 'projects', query });
    const users = await listed(admin, 'identity', { path: '/users', key: 'users', query });
    const idOf = (called: string): string => String(projects.find((project) => project['name'] === called)?.['id']);
    guestTwin = idOf('guest');
    userTwin = String(users[0]?.['id']);
    destination = await given.inside(admin, idOf('web'));

    expect(await containersOf(destination)).toEqual(['kept', 'media', 'media_segments']);
    for (const container of ['kept', 'media', 'media_segments']) {
      const [before, after] = [await objectsIn(given.owner, container), await objectsIn(destination, container)];
      expect(after).toEqual(before);
      expect(after.length).toBeGreaterThan(0);
    }
  });

  it('are in containers that say the same, and let the same people in', async () => {
    const { owner, guestId, userId, tempUrlKey } = given;
    for (const container of ['kept', 'media']) {
      const { 'x-container-bytes-used': _bytes, ...before } = await containerAt(owner, container);
      const { 'x-container-bytes-used': _used, ...after } = await containerAt(destination, container);
      const translated = Object.entries(before).map(([header, value]) => [
        header,
        value.replaceAll(guestId, guestTwin).replaceAll(userId, userTwin),
      ]);
      expect(after).toEqual(Object.fromEntries(translated));
    }
    expect(await containerAt(destination, 'media')).toMatchObject({
      'x-container-meta-temp-url-key': tempUrlKey,
      'x-container-meta-quota-bytes': '10000000',
    });
    expect(await containerAt(destination, 'kept')).toMatchObject({ 'x-versions-enabled': 'True' });
  });

  it('defect 41: and the keys that open them are in no event', async () => {
    for await (const recorded of topology.log.read({ filter: everyEvent })) {
      expect(JSON.stringify(recorded)).not.toContain(given.tempUrlKey);
    }
  });

  it('are told about attribute by attribute, and nothing is lost unsaid', async () => {
    const atLeast = await topology.log.head();
    const rows = await topology.asker.ask('registry.fidelity', { route: given.clouds.route, atLeast });
    const ours = rows.filter(({ resource_type: type }) => type === 'object-container');
    expect(ours.length).toBeGreaterThan(10);
    expect(ours.filter(({ verdict }) => verdict === 'unknown' || verdict === 'lost')).toEqual([]);
  });

  it('are written by no second run', async () => {
    expect(await migrate(topology, wanted())).toMatchObject({ steps: 0, failed: 0 });
  });

  it('stay at the source as long as one of them has no equal twin, or an older version would be lost', async () => {
    await putObject(given.owner, 'media', 'newcomer', 'after the copy');
    await scan(topology, given.clouds.route.source, types);
    const asked = { ...containers('media', 'kept'), intent: 'remove' as const };
    const outcome = await run(topology, await draft(topology, asked));
    expect(outcome.failures.map(({ code }) => code).sort()).toEqual(['objects-differ', 'versions-remain']);
    expect((await objectsIn(given.owner, 'media')).length).toBe((await objectsIn(destination, 'media')).length + 1);
  });

  it('go with their container when all of them have one', async () => {
    await given.owner.send('object-store', { method: 'DELETE', path: '/media/newcomer' });
    const before = await objectsIn(destination, 'media');
    await scan(topology, given.clouds.route.source, types);
    const asked = { ...containers('media', 'media_segments'), intent: 'remove' as const };
    const outcome = await run(topology, await draft(topology, asked));
    expect(outcome.failures).toEqual([]);
    expect(await containersOf(given.owner)).toEqual(['kept']);
    expect(await objectsIn(destination, 'media')).toEqual(before);
    const gone = await given.owner
      .send('object-store', { method: 'GET', path: '/media' })
      .catch((error: unknown) => error);
    expect(isFailure(gone) && gone.code).toBe('not-found');
  });
});
