import type { Clock } from '@osm/kernel';
import type { Cloud } from '@osm/resource';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { json, loopbackCloud, type Handler, type LoopbackOptions } from './loopback-cloud.ts';
import { openCloud, type OpenCloudOptions } from './open-cloud.ts';
import type { RequestRecord } from './wire.ts';

/** Time that passes only when it is slept or moved. */
const testClock = () => {
  let now = Date.parse('2026-01-01T00:00:00Z');
  const slept: number[] = [];
  const clock: Clock = {
    now: () => new Date(now),
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
      now += milliseconds;
    },
  };
  return { clock, slept, pass: (seconds: number) => (now += seconds * 1000) };
};

const open = async (
  handler: Handler,
  options: OpenCloudOptions & LoopbackOptions = {},
  more?: { readonly [key: string]: string },
) => {
  const server = await loopbackCloud(handler, options);
  const time = testClock();
  const cloud = openCloud('loop', server.config(more), { clock: time.clock, ...options });
  return {
    server,
    cloud,
    ...time,
    [Symbol.asyncDispose]: async () => {
      cloud.close();
      await server[Symbol.asyncDispose]();
    },
  };
};

const ok: Handler = (_, response) => json(response, 200, { networks: [] });
const get = { method: 'GET', path: '/networks' } as const;
const post = { method: 'POST', path: '/networks', body: { network: { name: 'n' } } } as const;
const items = async (list: ReturnType<Cloud['list']>) => {
  const all = [];
  for await (const item of list) all.push(item['id']);
  return all;
};

describe('a process that stood still', () => {
  it.each(['POST', 'DELETE'] as const)('sends no %s for which it should have been told to stop', async (method) => {
    await using loop = await open(ok);
    await loop.cloud.send('network', get);
    const stopping = new AbortController();
    setTimeout(() => stopping.abort(new Error('the lease is lost')), 20);
    // Sockets and files are read before timers ring.
    await stat('.');
    for (const start = performance.now(); performance.now() - start < 60;);
    const sent = loop.cloud.send('network', { method, path: '/networks' }, stopping.signal);
    await expect(sent).rejects.toThrow('the lease is lost');
    expect(loop.server.count(method, '/net/v2.0/networks')).toBe(0);
  });

  it('sends nothing on a connection that came to stand meanwhile', async () => {
    const closing: Handler = (_, response) => {
      response.setHeader('connection', 'close');
      json(response, 200, { networks: [] });
    };
    await using loop = await open(closing);
    await loop.cloud.send('network', get);
    const standStill = (): void => {
      for (const start = performance.now(); performance.now() - start < 100;);
    };
    subscribe('net.client.socket', standStill);
    try {
      const stopping = new AbortController();
      setTimeout(() => stopping.abort(new Error('the lease is lost')), 50);
      await expect(loop.cloud.send('network', post, stopping.signal)).rejects.toThrow();
      await loop.cloud.send('network', get);
      expect(loop.server.count('POST', '/net/v2.0/networks')).toBe(0);
    } finally {
      unsubscribe('net.client.socket', standStill);
    }
  });
});

describe('tokens', () => {
  it('defect 38: are one for 200 requests at once', async () => {
    await using loop = await open(ok);
    await Promise.all(Array.from({ length: 200 }, () => loop.cloud.send('network', get)));
    expect(loop.server.count('POST', '/identity/v3/auth/tokens')).toBe(1);
    expect(loop.server.count('GET', '/net/v2.0/networks')).toBe(200);
  });

  it('are renewed when 80 % of their life have passed, whatever the cloud’s clock says', async () => {
    await using loop = await open(ok, { tokenSeconds: 100 });
    await loop.cloud.send('network', get);
    loop.pass(79);
    await loop.cloud.send('network', get);
    loop.pass(2);
    await Promise.all([loop.cloud.send('network', get), loop.cloud.send('network', get)]);
    expect(loop.server.heard.filter(({ url }) => url.startsWith('/net')).map(({ token }) => token)).toEqual([
      'token-1',
      'token-1',
      'token-2',
      'token-2',
    ]);
  });

  it.each(['GET', 'POST'] as const)('that are revoked are replaced once, for a %s too', async (method) => {
    const revoked = new Set(['token-1']);
    await using loop = await open((request, response) =>
      revoked.has(String(request.headers['x-auth-token']))
        ? json(response, 401, {})
        : json(response, 200, { done: true }),
    );
    const answers = await Promise.all([1, 2, 3].map(() => loop.cloud.send('network', { method, path: '/networks' })));
    expect(answers.map(({ body }) => body)).toEqual([{ done: true }, { done: true }, { done: true }]);
    expect(loop.server.count('POST', '/identity/v3/auth/tokens')).toBe(2);
  });

  it('that are never taken end in a failure', async () => {
    await using loop = await open((_, response) => json(response, 401, { error: { message: 'no' } }));
    await expect(loop.cloud.send('network', get)).rejects.toMatchObject({ code: 'unauthorized' });
    expect(loop.server.count('GET', '/net/v2.0/networks')).toBe(3);
  });

  it('that are dead from the start, since a role changed in the same second, are replaced a second later', async () => {
    const revoked = new Set(['token-1', 'token-2']);
    await using loop = await open((request, response) =>
      revoked.has(String(request.headers['x-auth-token']))
        ? json(response, 401, {})
        : json(response, 200, { done: true }),
    );
    expect((await loop.cloud.send('network', get)).body).toEqual({ done: true });
    expect(loop.slept).toEqual([1000]);
  });

  it('are one for each project', async () => {
    await using loop = await open(ok);
    const [a, again] = [loop.cloud.inProject('p2'), loop.cloud.inProject('p1').inProject('p2')];
    await Promise.all([a.send('network', get), again.send('network', get), loop.cloud.send('network', get)]);
    expect(loop.server.count('POST', '/identity/v3/auth/tokens')).toBe(2);
  });

  it('of an application credential are for its own project alone', async () => {
    await using loop = await open(ok);
    const config = loop.server.config();
    const cloud = openCloud('app', {
      ...config,
      scope: { type: 'none' },
      credential: { type: 'application-credential', ref: { id: 'a' }, secret: 's' },
    });
    expect((await cloud.inProject('p1').send('network', get)).status).toBe(200);
    await expect(cloud.inProject('p2').send('network', get)).rejects.toMatchObject({ code: 'cannot-rescope' });
    cloud.close();
  });
});

describe('what may be sent again', () => {
  const failing = (times: number, status: number, headers: { readonly [name: string]: string } = {}): Handler => {
    let failed = 0;
    return (_, response) => {
      failed += 1;
      if (failed > times) json(response, 200, { done: true });
      else json(response, status, { error: { message: 'later' } }, headers);
    };
  };

  it.each(['GET', 'PUT', 'DELETE'] as const)('is a %s, four times', async (method) => {
    await using loop = await open(failing(4, 503));
    expect((await loop.cloud.send('network', { method, path: '/networks' })).body).toEqual({ done: true });
    expect(loop.slept).toHaveLength(4);
    await using lost = await open(failing(5, 503));
    await expect(lost.cloud.send('network', { method, path: '/networks' })).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(lost.server.count(method, '/net/v2.0/networks')).toBe(5);
  });

  it.each(['POST', 'PATCH'] as const)('is no %s whose fate is unknown', async (method) => {
    await using loop = await open(failing(1, 502));
    await expect(loop.cloud.send('network', { method, path: '/networks', body: {} })).rejects.toMatchObject({
      code: 'answer-lost',
      disposition: 'unknown',
    });
    expect(loop.server.count(method, '/net/v2.0/networks')).toBe(1);
  });

  it('is a POST that was refused for coming too soon, when the cloud says', async () => {
    await using loop = await open(failing(1, 429, { 'Retry-After': '7' }));
    expect((await loop.cloud.send('network', post)).body).toEqual({ done: true });
    expect(loop.slept[0]).toBeGreaterThanOrEqual(7000);
  });

  it('is not waited for longer than a minute here', async () => {
    await using loop = await open(failing(1, 429, { 'Retry-After': '600' }));
    await expect(loop.cloud.send('network', get)).rejects.toMatchObject({ code: 'throttled', retryAfter: 600 });
  });

  it('is a GET whose connection broke or that got no answer in time, but no POST', async () => {
    let hang = 0;
    const handler: Handler = (request, response, url) => {
      hang += 1;
      if (hang % 2 === 0) return json(response, 200, { done: true });
      if (url.searchParams.has('reset')) request.socket.resetAndDestroy();
    };
    await using loop = await open(handler, { timeoutMs: 1000 });
    for (const query of [{}, { reset: 'yes' }]) {
      expect((await loop.cloud.send('network', { ...get, query })).body).toEqual({ done: true });
      await expect(loop.cloud.send('network', { ...post, query })).rejects.toMatchObject({ code: 'answer-lost' });
      hang += 1;
    }
    expect(loop.server.count('POST', '/net/v2.0/networks')).toBe(2);
  });

  it('is everything that never reached the cloud', async () => {
    await using loop = await open(ok, {}, { network_endpoint_override: 'http://127.0.0.1:1/v2.0' });
    await expect(loop.cloud.send('network', post)).rejects.toMatchObject({ code: 'unreachable', disposition: 'retry' });
    expect(loop.slept).toHaveLength(4);
  });

  it('is a sign-in whose answer was lost', async () => {
    await using loop = await open(ok);
    const cloud = openCloud('off', { ...loop.server.config(), authUrl: 'http://127.0.0.1:1' }, { clock: loop.clock });
    await expect(cloud.whoAmI()).rejects.toMatchObject({
      code: 'unreachable',
      remedy: 'Check that http://127.0.0.1:1 is right and can be reached from here.',
    });
    cloud.close();
  });
});

describe('a request that is called off', () => {
  it('fails with the reason, and with an unknown outcome where it may have taken effect', async () => {
    await using loop = await open(() => undefined);
    await loop.cloud.whoAmI();
    const reason = new Error('enough');
    const calledOff = async (request: typeof get | typeof post) => {
      const before = loop.server.heard.length;
      const controller = new AbortController();
      const sent = loop.cloud.send('network', request, controller.signal);
      const outcome = expect(sent).rejects;
      await expect.poll(() => loop.server.heard.length).toBeGreaterThan(before);
      controller.abort(reason);
      return outcome;
    };
    await (await calledOff(get)).toBe(reason);
    await (await calledOff(post)).toMatchObject({ code: 'answer-lost', disposition: 'unknown' });
    await expect(loop.cloud.send('network', post, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe('a token goes nowhere else', () => {
  it('not after redirects', async () => {
    await using other = await loopbackCloud(ok);
    await using loop = await open((_, response) => response.writeHead(302, { Location: `${other.url}/net` }).end());
    await expect(loop.cloud.send('network', get)).rejects.toMatchObject({ code: 'redirected' });
    expect(other.heard).toEqual([]);
  });

  it('not after the links of a list', async () => {
    await using other = await loopbackCloud(ok);
    await using loop = await open((_, response, url) =>
      url.searchParams.has('marker')
        ? json(response, 200, { networks: [{ id: '2' }] })
        : json(response, 200, {
            networks: [{ id: '1' }],
            networks_links: [{ rel: 'next', href: `${other.url}/?marker=1` }],
          }),
    );
    expect(await items(loop.cloud.list('network', '/networks', { key: 'networks' }))).toEqual(['1', '2']);
    expect(other.heard).toEqual([]);
  });

  it('not to a link-local address, however it is written', async () => {
    await using loop = await open(ok, { catalogue: () => ({ network: 'http://0xa9fea9fe/v2.0' }) });
    await expect(loop.cloud.send('network', get)).rejects.toMatchObject({ code: 'forbidden-endpoint' });
  });

  it('not to a proxy of the environment', async () => {
    await using proxy = await loopbackCloud(ok);
    process.env['http_proxy'] = proxy.url;
    try {
      await using loop = await open(ok);
      await loop.cloud.send('network', get);
    } finally {
      delete process.env['http_proxy'];
    }
    expect(proxy.heard).toEqual([]);
  });

  it.each(['networks', '/networks/../ports', '/os-keypairs/..', '/a/%2e%2E/b', '@evil/x'])(
    'not to the path %s',
    async (path) => {
      await using loop = await open(ok);
      await expect(loop.cloud.send('network', { method: 'DELETE', path })).rejects.toMatchObject({
        code: 'bad-request',
      });
    },
  );
});

describe('a list', () => {
  it('that points back to where it was is a failure', async () => {
    await using loop = await open((_, response) =>
      json(response, 200, { networks: [{ id: '1' }], networks_links: [{ rel: 'next', href: '/?marker=1' }] }),
    );
    await expect(items(loop.cloud.list('network', '/networks', { key: 'networks' }))).rejects.toMatchObject({
      code: 'unexpected-answer',
    });
    expect(loop.server.count('GET', '/net/v2.0/networks')).toBe(2);
  });

  it('that is none, or was cut off, is a failure', async () => {
    await using loop = await open((_, response, url) =>
      json(response, 200, url.searchParams.has('cut') ? { networks: [], truncated: true } : {}),
    );
    for (const query of [{}, { cut: 'yes' }]) {
      await expect(items(loop.cloud.list('network', '/networks', { key: 'networks', query }))).rejects.toMatchObject({
        code: 'unexpected-answer',
      });
    }
  });

  it('asks for no page size, repeats what is repeated, and stops when its reader stops', async () => {
    await using loop = await open((_, response, url) =>
      json(response, 200, { networks: [{ id: '1' }], next: `/?marker=${url.searchParams.get('marker') ?? ''}x` }),
    );
    for await (const item of loop.cloud.list('network', '/networks', {
      key: 'networks',
      query: { fields: ['id', 'name'] },
    })) {
      expect(item).toEqual({ id: '1' });
      break;
    }
    expect(loop.server.heard.at(-1)?.url).toBe('/net/v2.0/networks?fields=id&fields=name');
    expect(loop.server.count('GET', '/net/v2.0/networks')).toBe(1);
  });
});

describe('microversions', () => {
  const nova: Handler = (request, response, url) => {
    const version = {
      id: 'v2.1',
      version: '2.93',
      min_version: '2.1',
      links: [{ rel: 'self', href: 'http://x/v2.1/' }],
    };
    if (url.pathname === '/nova/') return json(response, 300, { versions: [version] });
    if (url.pathname === '/nova/v2.1/') return json(response, 200, { version });
    json(response, 200, { asked: request.headers['openstack-api-version'] ?? null });
  };
  const servers = { method: 'GET', path: '/servers' } as const;

  it('are resolved once, from the versioned root that the unversioned one leads to', async () => {
    await using loop = await open(nova);
    const ask = async (cloud: Cloud, microversion?: string) =>
      (await cloud.send('compute', { ...servers, ...(microversion !== undefined && { microversion }) })).body;
    expect(await ask(loop.cloud)).toEqual({ asked: null });
    expect(await ask(loop.cloud, 'newest')).toEqual({ asked: 'compute 2.93' });
    expect(await ask(loop.cloud.inProject('p2'), '2.9')).toEqual({ asked: 'compute 2.9' });
    expect(await loop.cloud.microversion('compute')).toBe('2.93');
    expect(await loop.cloud.microversion('network')).toBe(undefined);
    expect(loop.server.heard.filter(({ url }) => /nova\/(v2\.1\/)?$/.test(url))).toHaveLength(2);
    await expect(ask(loop.cloud, '2.100')).rejects.toMatchObject({
      code: 'microversion-too-old',
      message: 'cannot use microversion 2.100 of the compute service of loop: it offers up to 2.93.',
    });
  });
});

describe('a cloud', () => {
  it('knows its services, its identity and its network extensions', async () => {
    await using loop = await open((_, response) =>
      json(response, 200, { extensions: [{ alias: 'router' }, { alias: 'qos' }] }),
    );
    expect([await loop.cloud.has('network'), await loop.cloud.has('dns')]).toEqual([true, false]);
    expect(await loop.cloud.whoAmI()).toEqual({ userId: 'u1', projectId: 'p1', roles: ['admin'] });
    await Promise.all([loop.cloud.extensions(), loop.cloud.extensions()]);
    expect([...(await loop.cloud.extensions())]).toEqual(['router', 'qos']);
    expect(loop.server.count('GET', '/net/v2.0/extensions')).toBe(1);
    await expect(loop.cloud.send('dns', get)).rejects.toMatchObject({ code: 'missing-service' });
  });

  it('defect N1: never has more requests under way than it may, and none of them waits in vain', async () => {
    let now = 0;
    let most = 0;
    const handler: Handler = (_, response) => {
      most = Math.max(most, ++now);
      setImmediate(() => {
        now -= 1;
        json(response, 200, {});
      });
    };
    await using loop = await open(handler, { maxSockets: 3 });
    await Promise.all(Array.from({ length: 50 }, () => loop.cloud.send('network', get)));
    expect(most).toBeLessThanOrEqual(3);
    expect(loop.server.count('GET', '/net/v2.0/networks')).toBe(50);
  });

  it('tells of each request, without secrets', async () => {
    const records: RequestRecord[] = [];
    await using loop = await open((_, response) => json(response, 404, {}, { 'x-openstack-request-id': 'req-7' }), {
      onRequest: (record) => records.push(record),
    });
    await loop.cloud.send('network', { ...get, query: { token: 'hush', limit: '1' }, accept: [404] });
    expect(records.map(({ status }) => status)).toEqual([201, 404]);
    expect(records[1]).toMatchObject({ cloud: 'loop', service: 'network', method: 'GET', requestId: 'req-7' });
    expect(records[1]?.url).toBe(`${loop.server.url}/net/v2.0/networks?token=***&limit=1`);
    expect(JSON.stringify(records)).not.toMatch(/token-1|pass-1|hush/);
  });

  it('that is closed answers nothing any more', async () => {
    await using loop = await open(() => undefined);
    const sent = expect(loop.cloud.send('network', get)).rejects.toMatchObject({ code: 'closed' });
    await expect.poll(() => loop.server.count('GET', '/net/v2.0/networks')).toBe(1);
    loop.cloud.close();
    await sent;
    await expect(loop.cloud.send('network', get)).rejects.toMatchObject({ code: 'closed' });
  });

  it('at a URL that is no Keystone says so', async () => {
    await using loop = await open(ok);
    const cloud = openCloud('web', { ...loop.server.config(), authUrl: `${loop.server.url}/net` });
    await expect(cloud.whoAmI()).rejects.toMatchObject({ code: 'wrong-auth-url' });
    cloud.close();
  });
});
