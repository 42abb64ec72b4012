import { planSubject } from '@osm/contracts';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gatewayHttp } from './gateway-http.ts';
import { openGateway, type GatewayFixture } from './gateway.fixture.ts';

let gateway: GatewayFixture;
let folder: string;
let token: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'osm-dashboard-'));
  mkdirSync(path.join(folder, 'assets'));
  writeFileSync(path.join(folder, 'index.html'), '<!doctype html><title>the page</title>');
  writeFileSync(path.join(folder, 'assets', 'index-3f2a.js'), 'export {};');
  writeFileSync(path.join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  gateway = await openGateway({ dashboard: folder });
  token = await gateway.token('root', 'view', 'plan', 'admin');
});
afterAll(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true });
});

describe('a problem', () => {
  it('names each field that is wrong, and is no page', async () => {
    const body = { name: 7, scopes: ['all'], colour: 'red' };
    const answer = await gateway.ask('/v1/tokens', { method: 'POST', token, body });
    expect(answer).toMatchObject({
      status: 400,
      headers: { 'content-type': expect.stringMatching(/^application\/problem\+json/) },
    });
    const told = answer.json() as { errors: { field: string; detail: string }[] };
    expect(told).toMatchObject({ code: 'bad-request', remedy: expect.stringMatching(/name.*scopes|scopes.*name/) });
    expect(told.errors.map(({ field }) => field)).toEqual(expect.arrayContaining(['name', 'scopes', 'colour']));
    expect(told.errors).toContainEqual({ field: 'colour', detail: 'there is no such field' });
  });

  it('is told for a body that is no JSON, or too large', async () => {
    const broken = await gateway.ask('/v1/tokens', { method: 'POST', token, body: '{"name":' });
    expect(broken.json()).toMatchObject({ status: 400, code: 'bad-request' });
    const large = await gateway.ask('/v1/tokens', { method: 'POST', token, body: { name: 'x'.repeat(1024 ** 2) } });
    expect(large.json()).toMatchObject({ status: 413, code: 'too-large' });
  });

  it('is told for what is not there: a path, a plan', async () => {
    expect((await gateway.ask('/v1/nothing', { token })).json()).toMatchObject({ status: 404, code: 'no-such-page' });
    expect((await gateway.ask('/healthz/more')).json()).toMatchObject({ status: 404, code: 'no-such-page' });
    expect((await gateway.ask('/v1/plans/none', { token })).json()).toMatchObject({
      status: 404,
      code: 'no-such-plan',
    });
    expect((await gateway.ask('/', { method: 'POST' })).json()).toMatchObject({ status: 404, code: 'no-such-page' });
  });
});

describe('every answer', () => {
  it('lets no other page in', async () => {
    for (const to of ['/', '/v1/me', '/healthz', '/docs', '/assets/index-3f2a.js']) {
      const { headers } = await gateway.ask(to, { token, headers: { origin: 'http://elsewhere.example' } });
      expect(headers).toMatchObject({
        'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
      });
      expect(headers).not.toHaveProperty('x-powered-by');
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
    expect((await gateway.ask('/v1/me', { token })).headers['cache-control']).toBe('no-store');
  });

  it('is for who asks by a name of ours', async () => {
    const askedBy = (host: string) => gateway.ask('/healthz', { headers: { host } });
    for (const host of ['localhost', 'LOCALHOST:80', '127.0.0.1:8808', '[::1]:8808']) {
      expect(await askedBy(host)).toMatchObject({ status: 200 });
    }
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:80']) {
      const answer = await askedBy(host);
      expect(answer.json()).toMatchObject({ status: 403, code: 'foreign-host' });
    }
  });
});

describe('the port', () => {
  const at =
    (host: string, insecure = false) =>
    () =>
      gatewayHttp({ gateway: { host, port: 1, insecure, names: [] } });

  it('is open to this machine alone, unless somebody says otherwise', () => {
    for (const host of ['127.0.0.1', '127.0.3.1', '::1', 'localhost']) expect(at(host)()).toMatchObject({ host });
    for (const host of ['0.0.0.0', '::', '10.0.0.1', 'gateway.example', '::ffff:10.0.0.1']) {
      expect(at(host)).toThrow(
        expect.objectContaining({ code: 'gateway-open', remedy: expect.stringContaining('TLS') }),
      );
      expect(at(host, true)()).toMatchObject({ host });
    }
  });
});

describe('health', () => {
  /** A draft of two steps, as far as the registry has seen it. */
  const toldOfDraft = async (): Promise<void> => {
    const step = (id: string) => ({
      ...{ id: `network/${id}/create`, ref: { type: 'network', id }, name: id, step: 'create', service: 'network' },
      ...{ needs: [], always: false },
    });
    const atLeast = await gateway.ports.tell(
      planSubject('p1'),
      {
        type: 'PlanRequested',
        data: {
          ...{ route: { source: 'old', destination: 'new' }, roots: [], policy: {}, asOf: 0, by: 'ann' },
          ...{ include: { needs: false, members: false }, intent: 'migrate', cleanUp: 'never' },
        },
      },
      { type: 'PlanSectionDrafted', data: { index: 0, steps: [step('a'), step('b')] } },
      { type: 'PlanDrafted', data: { sections: 1, steps: 2, resources: 2, digest: 'd1', findings: [] } },
    );
    await gateway.running.asker.ask('registry.position', { atLeast });
  };

  it('is told to whoever asks', async () => {
    expect((await gateway.ask('/healthz')).json()).toEqual({ status: 'ok' });
    const ready = await gateway.ask('/readyz');
    expect(ready.json()).toEqual({ status: 'ok', head: expect.any(Number), position: expect.any(Number) });
  });

  it('is measured: requests by route, the log, the registry, steps, the process', async () => {
    await gateway.ask('/v1/plans/some-id-of-a-plan', { token });
    await gateway.ask('/somebody/made/this/up');
    await toldOfDraft();
    const { text, headers } = await gateway.ask('/metrics');
    expect(headers['content-type']).toMatch(/^text\/plain/);
    const head = await gateway.ports.ports.log.head();
    expect(text).toMatch(new RegExp(`^osm_log_head ${head}$`, 'm'));
    expect(text).toMatch(/^osm_registry_lag 0$/m);
    expect(text).toMatch(/^osm_steps\{status="open"\} 2$/m);
    expect(text).toMatch(/^osm_steps\{status="failed"\} 0$/m);
    expect(text).toMatch(/^process_cpu_seconds_total /m);
    expect(text).toMatch(/_count\{method="GET",route="\/v1\/plans\/:planId",status="404"\} [1-9]\d*$/m);
    expect(text).not.toMatch(/some-id-of-a-plan|made\/this\/up|osm_[\w-]{43}/);
  });
});

describe('the description of the API', () => {
  it('is there for programs, with a scope and a problem for each operation', async () => {
    const { paths, openapi } = (await gateway.ask('/docs/openapi.json')).json() as {
      openapi: string;
      paths: Record<string, Record<string, { description: string; operationId: string; responses: object }>>;
    };
    expect(openapi).toMatch(/^3\.1\./);
    const operations = Object.values(paths).flatMap((path) => Object.values(path));
    expect(operations.map(({ operationId }) => operationId)).toContain('access.create-token');
    for (const { description, responses } of operations) {
      expect(description).toMatch(/Scope: `(view|plan|execute|cleanup|admin)`/);
      expect(responses).toHaveProperty('default');
    }
  });

  it('is there for people, from this machine alone', async () => {
    const page = await gateway.ask('/docs');
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': expect.stringContaining('text/html') } });
    const parts = [...page.text.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, part = '']) => part);
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.filter((part) => /^(https?:)?\/\//.test(part))).toEqual([]);
    // A script in the page itself would not run.
    expect(page.text).not.toMatch(/<script>/);
    for (const part of parts) {
      const at = new URL(part, 'http://localhost/docs').pathname;
      expect(await gateway.ask(at), at).toMatchObject({ status: 200 });
    }
  });
});

describe('the dashboard', () => {
  it('is the page at every address that is none of the others', async () => {
    for (const to of ['/', '/plans/p1', '/inventory?type=server']) {
      const answer = await gateway.ask(to);
      expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'no-cache' } });
      expect(answer.text).toContain('the page');
    }
    expect((await gateway.ask('/', { method: 'HEAD' })).text).toBe('');
  });

  it('has parts that stay as they are, and are missing where they are', async () => {
    const part = await gateway.ask('/assets/index-3f2a.js');
    expect(part).toMatchObject({ status: 200, headers: { 'content-type': expect.stringContaining('javascript') } });
    expect(part.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(await gateway.ask('/assets/index-0000.js')).toMatchObject({ status: 404 });
    expect(await gateway.ask('/icon.svg')).toMatchObject({ status: 200, headers: { 'cache-control': 'no-cache' } });
  });

  it('is nowhere else on the disk', async () => {
    for (const to of [
      '/../../etc/passwd',
      '/..%2f..%2fetc/passwd',
      '/assets/..%2f..%2f..%2fetc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
    ]) {
      expect((await gateway.ask(to)).text).not.toContain('root:');
    }
  });

  it('says what there is where there is no page', async () => {
    const other = await openGateway({ dashboard: path.join(folder, 'nothing') });
    const answer = await other.ask('/');
    expect(answer).toMatchObject({ status: 503, headers: { 'content-type': expect.stringContaining('text/plain') } });
    expect(answer.text).toContain('/docs describes it');
    await other.close();
  });
});
