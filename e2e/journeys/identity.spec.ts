import { everyEvent } from '@osm/contracts';
import type { JsonObject } from '@osm/kernel';
import { migrate, openClouds, startTopology, type Clouds, type Topology, type Wanted } from '@osm/testing/harness';
import { listed, signInTo } from '@osm/testing/tenant';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handOn, hire, password, pictureOf, removePeople, seedPeople, type People } from './given-people.ts';

const prefix = `e2e-${randomBytes(3).toString('hex')}-`;
const sentinel = `sentinel-${randomBytes(12).toString('hex')}`;
const types = ['domain', 'project', 'role', 'user', 'group', 'credential'];

describe('the people of a company that moves', () => {
  const closing: (() => Promise<void>)[] = [];
  let clouds: Clouds;
  let topology: Topology;
  let people: People;

  const wanted = (...roots: Wanted['roots']): Wanted => ({
    route: clouds.route,
    roots,
    include: { needs: true, members: true },
    types,
  });
  const acme = () => wanted({ type: 'domain', id: people.acme });
  const picture = (end: 'source' | 'destination', name: string): Promise<JsonObject> =>
    pictureOf(clouds[end].admin, `${prefix}${name}`);
  const texts = (of: JsonObject, key: string): readonly string[] => {
    const rows = of[key];
    return Array.isArray(rows) ? rows.map(String) : [];
  };
  const fidelity = async () =>
    topology.asker.ask('registry.fidelity', { route: clouds.route, atLeast: await topology.log.head() });

  beforeAll(async () => {
    clouds = await openClouds();
    closing.push(async () => {
      const ends = [clouds.source.admin, clouds.destination.admin];
      if (clouds.kind === 'real') for (const admin of ends) await removePeople(admin, prefix);
      await clouds.close();
    });
    people = await seedPeople(clouds.source.admin, prefix, sentinel);
    const users = signInTo(clouds.source.name, clouds.source.config);
    closing.push(async () => users.close());
    const projectId = people.projects['web'] ?? '';
    await handOn(users.signIn({ name: 'alice', password, domainId: people.acme, projectId }), people);
    topology = await startTopology('embedded', {
      cloudsYaml: clouds.cloudsYaml,
      route: clouds.route,
      dataDirectory: path.join(clouds.folder, 'data'),
      policy: { preserve_ids: true },
    });
    closing.push(() => topology.close());
  });
  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
  });

  it('defects 3 and N6: arrive as they are: tree, tags, options, disabled ones, groups, roles of every kind', async () => {
    const outcome = await migrate(topology, acme());
    expect(outcome.failures).toEqual([]);
    expect(outcome).toMatchObject({ failed: 0, skipped: 0 });

    const [before, after] = [await picture('source', 'acme'), await picture('destination', 'acme')];
    // The project erp belongs to another company, which did not move.
    const foreign = (text: string): boolean => text.includes('"project":{"id":"erp"}');
    const stripped = { ...before, assignments: texts(before, 'assignments').filter((text) => !foreign(text)) };
    expect(after).toEqual(stripped);
    expect(texts(after, 'assignments')).toHaveLength(10);
    expect(texts(after, 'projects')).toHaveLength(4);
  });

  it('keep the id of their domain where that is asked for', async () => {
    const query = { name: `${prefix}acme` };
    const [domain] = await listed(clouds.destination.admin, 'identity', { path: '/domains', key: 'domains', query });
    expect(domain?.['id']).toBe(people.acme);
  });

  it('defect N2: bring with them whoever is in their groups, and nobody else of that company', async () => {
    const picture = await pictureOf(clouds.destination.admin, `${prefix}globex`);
    expect(texts(picture, 'users').map((text) => text.includes('"carol"'))).toEqual([true]);
    expect(texts(picture, 'projects')).toEqual([]);
  });

  it('have the same pair of keys for EC2 and S3, which no event knows', async () => {
    const { admin } = clouds.destination;
    const query = { name: 'alice', domain_id: people.acme };
    const [alice] = await listed(admin, 'identity', { path: '/users', key: 'users', query });
    const where = `/users/${String(alice?.['id'])}/credentials/OS-EC2/${people.access}`;
    const { body } = await admin.send('identity', { method: 'GET', path: where });
    expect(body).toMatchObject({ credential: { access: people.access, secret: sentinel, user_id: alice?.['id'] } });
    let events = 0;
    for await (const recorded of topology.log.read({ filter: everyEvent })) {
      expect(JSON.stringify(recorded).includes(sentinel)).toBe(false);
      events += 1;
    }
    expect(events).toBeGreaterThan(50);
  });

  it('are told what only they can make again, and what waits for others', async () => {
    const rows = (await fidelity()).filter(({ source_id: id }) => id === people.users['alice']);
    const told = Object.fromEntries(rows.map(({ attribute, verdict }) => [attribute, verdict]));
    expect(told).toMatchObject({
      application_credentials: 'impossible',
      trusts: 'impossible',
      role_assignments: 'lost',
      groups: 'mapped',
    });
    const credentials = rows.find(({ attribute }) => attribute === 'application_credentials');
    expect(JSON.stringify(credentials)).toContain('ci');
    expect(credentials?.reason).toContain('the owner has to make new ones');
    const unknown = (await fidelity()).filter(({ verdict }) => verdict === 'unknown');
    expect(unknown).toEqual([]);
  });

  it('are written by no second run', async () => {
    expect(await migrate(topology, acme())).toMatchObject({ steps: 0, failed: 0 });
  });

  it('take in a colleague who comes later, alone', async () => {
    const id = await hire(clouds.source.admin, 'erin', people);
    const alone = { ...wanted({ type: 'user', id }), include: { needs: false, members: false } };
    expect(await migrate(topology, alone)).toMatchObject({ resources: 1, failed: 0 });
    const [before, after] = [await picture('source', 'acme'), await picture('destination', 'acme')];
    expect(after['members']).toEqual(before['members']);
    expect(texts(after, 'members')[0]).toContain('erin');
  });

  it('defect 28: get the roles that were waiting, once their projects have come', async () => {
    expect(await migrate(topology, wanted({ type: 'domain', id: people.globex }))).toMatchObject({ failed: 0 });
    const outcome = await migrate(topology, acme());
    expect(outcome.failures).toEqual([]);
    expect(await picture('destination', 'acme')).toEqual(await picture('source', 'acme'));
    expect(await migrate(topology, acme())).toMatchObject({ steps: 0 });
    const lost = (await fidelity()).filter(({ verdict, attribute }) => verdict === 'lost' && attribute !== 'config');
    expect(lost).toEqual([]);
  });
});
