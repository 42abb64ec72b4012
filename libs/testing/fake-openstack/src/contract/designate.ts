/** What Designate does with zones and their sets of records, as laws that the fake and real clouds pass alike. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, ContractCloud, Session, Tenant } from './glance-session.ts';
import { at, makeTenant, signIn, text, until } from './glance-session.ts';

const ALL = { 'X-Auth-All-Projects': 'true' };

/** The laws of Designate. `cloudOf` is called once, before the first law. */
export function describeDesignate(name: string, cloudOf: () => ContractCloud | Promise<ContractCloud>): void {
  describe(`designate of ${name}`, () => {
    const top = `k${randomBytes(4).toString('hex')}.example.`;
    let admin: Session;
    let one: Tenant;
    let two: Tenant;
    let zoneId: string;

    beforeAll(async () => {
      const cloud = await cloudOf();
      admin = await signIn(cloud);
      one = await makeTenant(cloud, admin);
      two = await makeTenant(cloud, admin);
      zoneId = await makeZone(one.session, { name: top, email: 'a@b.example', attributes: { tier: 'gold' } });
    });

    afterAll(async () => {
      for (const zone of ours(await dns(admin, 'GET', '/zones?limit=1000', undefined, ALL)).toSorted(longestFirst)) {
        await dns(admin, 'DELETE', `/zones/${zone.id}`, undefined, ALL);
        await until(
          () => dns(admin, 'GET', `/zones/${zone.id}`, undefined, ALL),
          ({ status }) => status === 404,
        );
      }
      await one.remove();
      await two.remove();
    });

    const ours = (answer: Answer): readonly { readonly id: string; readonly name: string }[] => {
      const zones = at(answer, 'zones');
      return (Array.isArray(zones) ? zones : [])
        .map((zone: unknown) => ({
          id: text({ ...answer, body: zone }, 'id'),
          name: text({ ...answer, body: zone }, 'name'),
        }))
        .filter((zone) => zone.name.endsWith(top));
    };

    const makeZone = async (session: Session, zone: object, headers = {}): Promise<string> => {
      const id = text(await dns(session, 'POST', '/zones', zone, headers), 'id');
      await active(session, id, headers);
      return id;
    };

    const active = (session: Session, id: string, headers = {}): Promise<Answer> =>
      until(
        () => dns(session, 'GET', `/zones/${id}`, undefined, headers),
        (answer) => at(answer, 'status') === 'ACTIVE',
      );

    const makeSet = (set: object, id = zoneId): Promise<Answer> =>
      dns(one.session, 'POST', `/zones/${id}/recordsets`, set);

    it('names its versions without a token', async () => {
      const answer = await fetch(`${admin.endpoint('dns')}/`);
      expect([answer.status, await answer.json()]).toMatchObject([
        200,
        { versions: expect.arrayContaining([expect.objectContaining({ id: 'v2', status: 'SUPPORTED' })]) },
      ]);
    });

    it('publishes a zone in its own time, with SOA and NS of its pool', async () => {
      const created = await dns(one.session, 'POST', '/zones', { name: `new.${top}`, email: 'a@b.example', ttl: 60 });
      expect([created.status, created.body]).toMatchObject([
        202,
        {
          status: 'PENDING',
          action: 'CREATE',
          type: 'PRIMARY',
          ttl: 60,
          description: null,
          masters: [],
          attributes: {},
        },
      ]);
      const id = text(created, 'id');
      expect((await active(one.session, id)).body).toMatchObject({ action: 'NONE', project_id: one.session.projectId });
      const sets = await dns(one.session, 'GET', `/zones/${id}/recordsets`);
      expect(at(sets, 'recordsets')).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ type: 'SOA', name: `new.${top}`, ttl: null }),
          expect.objectContaining({ type: 'NS', name: `new.${top}` }),
        ]),
      );
      expect(at(sets, 'metadata', 'total_count')).toBe(2);
      expect((await dns(one.session, 'DELETE', `/zones/${id}`)).body).toMatchObject({
        action: 'DELETE',
        status: 'PENDING',
      });
      await until(
        () => dns(one.session, 'GET', `/zones/${id}`),
        ({ status }) => status === 404,
      );
    });

    it('shows others\u2019 zones to an administrator who asks for all, and to nobody else', async () => {
      const path = `/zones/${zoneId}`;
      expect((await dns(one.session, 'GET', path)).status).toBe(200);
      expect(refusal(await dns(two.session, 'GET', path))).toEqual([404, 'zone_not_found', 'Could not find Zone']);
      expect(refusal(await dns(admin, 'GET', path))).toEqual([404, 'zone_not_found', 'Could not find Zone']);
      expect((await dns(admin, 'GET', path, undefined, ALL)).body).toMatchObject({ attributes: { tier: 'gold' } });
      const sudo = { 'X-Auth-Sudo-Project-ID': one.session.projectId };
      expect((await dns(admin, 'GET', path, undefined, sudo)).status).toBe(200);
      for (const headers of [ALL, sudo]) {
        expect((await dns(two.session, 'GET', '/zones', undefined, headers)).status).toBe(403);
      }
      const both = await dns(admin, 'GET', `/zones?name=${top}`, undefined, {
        ...ALL,
        'X-Auth-Sudo-Project-ID': two.session.projectId,
      });
      expect(ours(both)).toHaveLength(1);
    });

    it('gives a name once, and what lies below it to the same project only', async () => {
      const zone = { name: top, email: 'a@b.example' };
      expect(refusal(await dns(one.session, 'POST', '/zones', zone))).toEqual([
        409,
        'duplicate_zone',
        'Duplicate Zone',
      ]);
      expect(refusal(await dns(two.session, 'POST', '/zones', zone))).toEqual([
        ...[409, 'duplicate_zone', 'Zone already exists, owned by a different tenant'],
      ]);
      const below = { name: `below.${top}`, email: 'a@b.example' };
      expect(refusal(await dns(two.session, 'POST', '/zones', below))).toEqual([
        ...[403, 'illegal_child', 'Unable to create subzone in another tenants zone'],
      ]);
      const sudo = { 'X-Auth-Sudo-Project-ID': one.session.projectId };
      await makeZone(admin, below, sudo);
      expect(refusal(await dns(one.session, 'DELETE', `/zones/${zoneId}`))).toEqual([
        ...[400, 'zone_has_sub_zone', 'Please delete any subzones before deleting this zone'],
      ]);
    });

    it('refuses zones that it cannot make', async () => {
      const make = async (zone: object): Promise<unknown> => refusal(await dns(one.session, 'POST', '/zones', zone));
      const bad = { email: 'a@b.example' };
      const why = 'Provided object is not valid. Got a ValueError error with message';
      expect(await make({ ...bad, name: 'nodot.example' })).toEqual([
        ...[400, 'invalid_object', `${why} Domain nodot.example does not end with a dot`],
      ]);
      expect(await make({ ...bad, name: top, project_id: 'x' })).toEqual([
        ...[400, 'invalid_object', `Provided object does not match schema. Keys ['project_id'] are not valid for zone`],
      ]);
      expect(await make({ name: top })).toEqual([400, 'invalid_object', undefined]);
      expect(await make({ ...bad, name: top, masters: ['192.0.2.1'] })).toEqual([400, 'invalid_object', undefined]);
      const secondary = { name: `sec.${top}`, type: 'SECONDARY' };
      expect(await make({ ...secondary, masters: [] })).toEqual([400, 'invalid_object', undefined]);
      expect(await make({ ...secondary, masters: ['192.0.2.1'], email: 'a@b.example', ttl: 3 })).toEqual([
        ...[400, 'invalid_object', undefined],
      ]);
    });

    it('keeps each set of records once, and where it belongs', async () => {
      const www = { name: `www.${top}`, type: 'A', records: ['192.0.2.1', '192.0.2.2'], ttl: 0, description: 'd' };
      const made = await makeSet(www);
      expect([made.status, made.body]).toMatchObject([
        202,
        { status: 'PENDING', ttl: 0, description: 'd', zone_name: top },
      ]);
      expect(refusal(await makeSet(www))).toEqual([409, 'duplicate_recordset', 'Duplicate RecordSet']);
      const place = 'invalid_recordset_location';
      expect(refusal(await makeSet({ ...www, type: 'CNAME', records: ['a.example.'] }))).toEqual([
        ...[400, place, 'CNAME recordsets may not share a name with any other records'],
      ]);
      expect(refusal(await makeSet({ ...www, name: 'www.other.example.' }))).toEqual([
        ...[400, place, "RecordSet is not contained within it's parent zone"],
      ]);
      expect(refusal(await makeSet({ name: `below.${top}`, type: 'NS', records: ['ns.example.'] }))).toEqual([
        ...[400, place, `RecordSet belongs in a child zone: below.${top}`],
      ]);
      const changed = await dns(one.session, 'PUT', `/zones/${zoneId}/recordsets/${text(made, 'id')}`, {
        ...{ records: ['192.0.2.9'], ttl: null, description: null },
      });
      expect(changed.body).toMatchObject({ records: ['192.0.2.9'], ttl: null, description: null, status: 'PENDING' });
      expect((await active(one.session, zoneId)).body).toMatchObject({ action: 'NONE' });
    });

    it('takes these records and refuses those', async () => {
      const record = async (label: string, type: string, ...records: readonly string[]): Promise<number> =>
        (await makeSet({ name: `${label}.${top}`, type, records })).status;
      expect(await record('t1', 'TXT', '"a \\"b\\" c"', '"semi;colon"')).toBe(202);
      expect(await record('t2', 'TXT', 'bare words')).toBe(400);
      expect(await record('c1', 'CAA', '0 issue ca.example.net')).toBe(202);
      expect(await record('c2', 'CAA', '0 issue "ca.example.net"')).toBe(400);
      expect(await record('*', 'A', '192.0.2.1')).toBe(202);
      expect(await record('a1', 'A', 'x')).toBe(400);
      expect(await record('v6', 'AAAA', '2001:0db8:0:0::1')).toBe(202);
      expect(await record('_s._tcp', 'SRV', `10 5 80 www.${top}`)).toBe(202);
      expect(await record('deleg', 'NS', 'ns1.other.example.')).toBe(202);
      expect(await record('empty', 'A')).toBe(201);
    });

    it('cuts lists into pages of twenty, or of what is asked', async () => {
      const page = (query: string): Promise<Answer> => dns(one.session, 'GET', `/zones/${zoneId}/recordsets${query}`);
      const first = await page('?limit=2');
      expect(at(first, 'recordsets')).toHaveLength(2);
      const next = new URL(text(first, 'links', 'next')).searchParams;
      expect(next.get('limit')).toBe('2');
      expect(next.get('marker')).toBe(text({ ...first, body: at(first, 'recordsets', '1') }, 'id'));
      expect(at(await page('?limit=1000'), 'links', 'next')).toBeUndefined();
      expect(refusal(await page('?limit=0'))).toEqual([
        ...[400, 'invalid_limit', 'limit should be an integer between 1 and 1000'],
      ]);
      expect(refusal(await page('?marker=x'))).toEqual([400, 'invalid_marker', undefined]);
      expect(refusal(await page('?bogus=1'))).toEqual([400, 'bad_request', 'Invalid filters bogus']);
      expect(at(await page(`?name=www.${top}&type=A`), 'recordsets')).toHaveLength(1);
      const everywhere = await dns(one.session, 'GET', '/recordsets?limit=1000');
      expect(at(everywhere, 'metadata', 'total_count')).toBeGreaterThan(9);
    });

    it('takes a description away again, and no TTL', async () => {
      const change = (fields: object): Promise<Answer> => dns(one.session, 'PATCH', `/zones/${zoneId}`, fields);
      expect((await change({ description: 'x' })).body).toMatchObject({ description: 'x', status: 'PENDING' });
      expect((await change({ description: '' })).body).toMatchObject({ description: '' });
      expect((await change({ description: null })).body).toMatchObject({ description: null });
      expect((await change({ ttl: null })).status).toBe(500);
      expect(refusal(await change({ name: 'other.example.' }))).toEqual([
        ...[400, 'invalid_object', `Provided object does not match schema. Keys ['name'] are not valid for zone`],
      ]);
      await active(one.session, zoneId);
    });
  });
}

const longestFirst = (a: { readonly name: string }, b: { readonly name: string }): number =>
  b.name.length - a.name.length;

const dns = (session: Session, method: string, path: string, json?: object, headers = {}): Promise<Answer> =>
  session.call('dns', method, `/v2${path}`, { ...(json === undefined ? {} : { json }), headers });

const refusal = (answer: Answer): readonly unknown[] => [answer.status, at(answer, 'type'), at(answer, 'message')];
