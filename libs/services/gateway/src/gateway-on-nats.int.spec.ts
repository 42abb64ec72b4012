import { accessSubject } from '@osm/contracts';
import { access } from '@osm/domain';
import { transact } from '@osm/event-log';
import { accessTokenHash, newAccessToken } from '@osm/platform';
import { boot } from '@osm/runtime';
import { RegistryModule } from '@osm/services/registry';
import { startNatsServer, type NatsServer } from '@osm/testing/nats-server';
import { openTestPorts, until } from '@osm/testing/ports';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openGateway, type GatewayFixture } from './gateway.fixture.ts';

let nats: NatsServer;
let gateway: GatewayFixture;
let dataDirectory: string;
beforeAll(async () => {
  nats = await startNatsServer();
  dataDirectory = mkdtempSync(path.join(tmpdir(), 'osm-registry-'));
  gateway = await openGateway({ dashboard: undefined }, { eventLog: nats.url, alone: true });
});
afterAll(async () => {
  await gateway.close();
  await nats.stop();
  rmSync(dataDirectory, { recursive: true });
});

it('a gateway of its own knows the tokens of other processes, and is ready when the registry is there', async () => {
  const other = await openTestPorts({ settings: { eventLog: nats.url, dataDirectory } });
  const { log, clock, ids } = other.ports;
  const recorder = { log, clock, ids, provenance: { producer: 'spec' } };
  const token = newAccessToken();
  const named = { tokenId: 't1', name: 'far', scopes: ['view'], by: 'ann' } as const;
  await transact(recorder, access, accessSubject, { type: 'CreateToken', hash: accessTokenHash(token), ...named });
  expect((await gateway.ask('/v1/me', { token })).json()).toMatchObject({ name: 'far' });

  expect(await gateway.ask('/healthz')).toMatchObject({ status: 200 });
  const unready = await gateway.ask('/readyz');
  expect(unready.json()).toMatchObject({ status: 503, code: 'not-ready' });
  const { text } = await gateway.ask('/metrics');
  expect(text).toMatch(/^osm_log_head 1$/m);
  expect(text).not.toMatch(/^osm_registry_lag \d/m);
  const unanswered = await gateway.ask('/v1/plans', { token });
  expect(unanswered.json()).toMatchObject({ status: 503, code: 'nobody-answers' });

  const running = await boot(other, [RegistryModule], { quiet: true });
  await until('the gateway is ready', async () => (await gateway.ask('/readyz')).status === 200);
  expect((await gateway.ask('/v1/plans', { token })).json()).toMatchObject({ items: [], next: null });

  await transact(recorder, access, accessSubject, { type: 'RevokeToken', token: 'far', by: 'ann' });
  expect(await gateway.ask('/v1/me', { token })).toMatchObject({ status: 401 });
  await running.close();
});
