import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from './run.ts';

describe('token', { timeout: 60_000 }, () => {
  let here: string;
  let config: string;

  beforeEach(() => {
    here = mkdtempSync(path.join(tmpdir(), 'osm-token-'));
    config = path.join(here, 'config.yaml');
    writeFileSync(config, `database_file: ${path.join(here, 'sqlite.db')}\nactor: ann\n`);
  });
  afterEach(() => rmSync(here, { recursive: true }));

  const command = async (argv: readonly string[], stop = new AbortController(), hear = (_: string): void => {}) => {
    const said = { out: '', err: '' };
    const code = await run(['--config', config, ...argv], {
      out: (text) => {
        said.out += text;
        hear(said.out);
      },
      err: (text) => void (said.err += text),
      ...{ terminal: false, colour: false, columns: 120, env: { HOME: here }, interrupted: stop.signal },
    });
    return { code, ...said };
  };
  const made = async (name: string, scope: string, ...more: readonly string[]): Promise<string> => {
    const { code, out, err } = await command(['token', 'create', '--name', name, '--scope', scope, ...more]);
    expect(code, err).toBe(0);
    return out;
  };
  const listed = async (): Promise<unknown> => JSON.parse((await command(['token', 'list', '-f', 'json'])).out);

  it('is shown once, alone on the standard output', async () => {
    expect(await listed()).toEqual([]);
    const token = await made('bob', 'plan,view', '--expires', '30d', '--reason', 'for the night');
    expect(token).toMatch(/^osm_[\w-]{43}\n$/);
    expect(await listed()).toEqual([
      {
        ...{ tokenId: expect.any(String), name: 'bob', scopes: ['view', 'plan'] },
        ...{ expiresAt: expect.any(String), revoked: false, counts: true },
      },
    ]);
    const { out } = await command(['token', 'list']);
    expect(out).toMatch(/\| bob +\| view, plan \|/);
    const { out: events } = await command(['events', '-f', 'json']);
    expect(events).toContain('TokenCreated');
    expect(out + events).not.toContain(token.trim().slice(4));
  });

  it('is revoked by its name, and a name that is free again may be given again', async () => {
    await made('bob', 'view');
    expect(await command(['token', 'create', '--name', 'bob', '--scope', 'view'])).toMatchObject({ code: 1, out: '' });
    expect(await command(['token', 'revoke', 'bob'])).toMatchObject({ code: 0 });
    await made('bob', 'view');
    expect(await listed()).toMatchObject([
      { revoked: true, counts: false },
      { revoked: false, counts: true },
    ]);
    expect(await command(['token', 'revoke', 'nobody'])).toMatchObject({ code: 1 });
  });

  it.each([
    [['--scope', 'view'], /--name/],
    [['--name', 'bob'], /view, plan, execute, cleanup, admin/],
    [['--name', 'bob', '--scope', 'all'], /view, plan, execute, cleanup, admin/],
    [['--name', 'bob', '--scope', 'view', '--expires', 'soon'], /30d/],
    [['--name', 'bob', '--scope', 'view', '--expires', '0d'], /30d/],
  ])('is not made of %j, and it is said what is missing', async (options, remedy) => {
    const { code, err } = await command(['token', 'create', ...options]);
    expect(code).toBe(2);
    expect(err).toMatch(remedy);
    expect(await listed()).toEqual([]);
  });

  it('opens a gateway that is running already, until it is revoked', async () => {
    const port = await freePort();
    const stop = new AbortController();
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    const serving = command(['serve', '--port', String(port)], stop, (out) => {
      if (out.includes('token create')) resolve();
    });
    await Promise.race([ready, serving]);
    const token = (await made('bob', 'view')).trim();
    const status = async (): Promise<number> =>
      (await fetch(`http://127.0.0.1:${port}/v1/me`, { headers: { authorization: `Bearer ${token}` } })).status;
    expect(await status()).toBe(200);
    await command(['token', 'revoke', 'bob']);
    expect(await status()).toBe(401);
    stop.abort();
    const { code, out, err } = await serving;
    expect(code, err).toBe(0);
    expect(out).toContain(`the API is at http://127.0.0.1:${port}/v1`);
    expect(out + err).not.toContain(token);
  });

  it('leaves a port alone that is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { code, err } = await command(['serve', '--port', String(port)]);
    taken.close();
    expect(code).toBe(1);
    expect(err).toContain(`port ${port}`);
  });
});

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
};
