import { accessSubject, everyEvent } from '@osm/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGateway, type GatewayFixture } from './gateway.fixture.ts';

let gateway: GatewayFixture;
beforeAll(async () => void (gateway = await openGateway({ dashboard: undefined })));
afterAll(() => gateway.close());

describe('a request to the API', () => {
  it('without a token is refused with a problem that says how to get one', async () => {
    const paths = ['/v1', '/v1/me', '/V1/me', '/v1/tokens', '/v1/nothing', '/v1/plans?limit=1'];
    for (const answer of await Promise.all(paths.map((path) => gateway.ask(path)))) {
      expect(answer).toMatchObject({
        status: 401,
        headers: {
          'content-type': 'application/problem+json; charset=utf-8',
          'www-authenticate': expect.stringContaining('Bearer'),
        },
      });
      expect(answer.json()).toEqual({
        type: 'urn:openstack-migrate:problem:unauthorised',
        title: 'Unauthorized',
        status: 401,
        detail: expect.stringContaining('without a token'),
        code: 'unauthorised',
        remedy: expect.stringContaining('openstack-migrate token create'),
      });
    }
  });

  it('with a token that is none, or of nobody, is refused', async () => {
    for (const token of ['x', `osm_${'a'.repeat(43)}`, `osm_${'a'.repeat(42)}`]) {
      expect(await gateway.ask('/v1/me', { token })).toMatchObject({ status: 401 });
    }
    const token = await gateway.token('header', 'view');
    for (const authorization of [token, `Basic ${token}`, `Bearer ${token} ${token}`]) {
      expect(await gateway.ask('/v1/me', { headers: { authorization } })).toMatchObject({ status: 401 });
    }
    expect(await gateway.ask(`/v1/me?access_token=${token}`)).toMatchObject({ status: 401 });
    expect(await gateway.ask('/v1/me', { headers: { authorization: `bearer ${token}` } })).toMatchObject({
      status: 200,
    });
  });

  it('is answered for whom the token is', async () => {
    const token = await gateway.token('bob', 'view', 'plan');
    const answer = await gateway.ask('/v1/me', { token });
    expect(answer.json()).toEqual({ tokenId: expect.any(String), name: 'bob', scopes: ['view', 'plan'] });
  });

  it('is refused where the token lacks the scope, which is named', async () => {
    const token = await gateway.token('viewer', 'view');
    const answer = await gateway.ask('/v1/tokens', { token });
    expect(answer).toMatchObject({ status: 403 });
    expect(answer.json()).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('scope admin') });
    const change = await gateway.ask('/v1/plans/p1/pause', { method: 'POST', token, body: {} });
    expect(change.json()).toMatchObject({ status: 403, detail: expect.stringContaining('scope execute') });
  });

  it('is not even read without a token', async () => {
    const answer = await gateway.ask('/v1/tokens', { method: 'POST', body: '{ not json' });
    expect(answer).toMatchObject({ status: 401 });
  });
});

describe('a token', () => {
  it('counts no more from the moment in which anybody revokes it', async () => {
    const token = await gateway.token('carl', 'view');
    expect(await gateway.ask('/v1/me', { token })).toMatchObject({ status: 200 });
    const { tokenId } = (await gateway.ask('/v1/me', { token })).json() as { tokenId: string };
    // As another process does it: with the log alone.
    await gateway.ports.tell(accessSubject, { type: 'TokenRevoked', data: { tokenId, by: 'dora' } });
    expect(await gateway.ask('/v1/me', { token })).toMatchObject({ status: 401 });
  });

  it('counts no more when its time is over', async () => {
    const expiresAt = new Date(Date.now() - 1).toISOString();
    const { token } = await gateway.book.create({ name: 'late', scopes: ['view'], expiresAt, by: 'ann' });
    expect(await gateway.ask('/v1/me', { token })).toMatchObject({ status: 401 });
  });

  it('is made, listed and revoked over HTTP by who may', async () => {
    const token = await gateway.token('root', 'admin', 'view');
    const body = { name: 'eve', scopes: ['view'], expiresAt: '2999-01-01T00:00:00Z', reason: 'a look' };
    const made = await gateway.ask('/v1/tokens', { method: 'POST', token, body });
    expect(made.status).toBe(200);
    const { token: eves, tokenId } = made.json() as { token: string; tokenId: string };
    expect((await gateway.ask('/v1/me', { token: eves })).json()).toMatchObject({ name: 'eve' });
    const listed = await gateway.ask('/v1/tokens', { token });
    expect(listed.json()).toMatchObject({
      items: expect.arrayContaining([
        {
          ...{ tokenId, name: 'eve', scopes: ['view'], expiresAt: '2999-01-01T00:00:00.000Z' },
          ...{ revoked: false, counts: true },
        },
      ]),
    });
    expect(listed.text).not.toContain(eves);
    expect(await gateway.ask(`/v1/tokens/${tokenId}`, { method: 'DELETE', token })).toMatchObject({ status: 200 });
    expect(await gateway.ask('/v1/me', { token: eves })).toMatchObject({ status: 401 });
    const told = await gateway.ports.told(accessSubject);
    expect(told.at(-2)).toMatchObject({ type: 'TokenCreated', data: { name: 'eve', by: 'root', reason: 'a look' } });
    expect(told.at(-1)).toEqual({ type: 'TokenRevoked', data: { tokenId, by: 'root' } });
  });

  it('is refused for a name that is taken, and for a time that is over', async () => {
    const token = await gateway.token('admin', 'admin');
    const ask = (body: object) => gateway.ask('/v1/tokens', { method: 'POST', token, body });
    expect((await ask({ name: 'admin', scopes: ['view'] })).json()).toMatchObject({ status: 409, code: 'name-taken' });
    const over = { name: 'x', scopes: ['view'], expiresAt: '2001-01-01T00:00:00Z' };
    expect((await ask(over)).json()).toMatchObject({ status: 400, code: 'bad-request' });
  });

  it('is in no event', async () => {
    const token = await gateway.token('secret', 'view');
    const everything = JSON.stringify(await gateway.ports.told(everyEvent));
    expect(everything).toContain('"name":"secret"');
    expect(everything).not.toContain(token.slice(4));
  });
});
