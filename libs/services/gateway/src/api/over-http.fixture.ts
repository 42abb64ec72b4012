import { ApiProblem, openApi, type Api, type Operations, type Plan } from '@osm/api-client';
import type { Scope } from '@osm/contracts';
import { isJsonObject, type JsonObject } from '@osm/kernel';
import type { Settings } from '@osm/platform';
import { PolicySchema } from '@osm/resource';
import { openFakeClouds, type Clouds, type End } from '@osm/testing/harness';
import { until } from '@osm/testing/ports';
import type { AddressInfo } from 'node:net';
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { openGateway } from '../gateway.fixture.ts';

type Drafting = Operations['planner.draft']['data']['body']['request'];

/** Two fake clouds and the whole system between them, of which a test uses nothing but the API. */
export interface OverHttp {
  readonly clouds: Clouds;
  /** The API as somebody whose token has these scopes. */
  as(name: string, ...scopes: readonly Scope[]): Promise<Api>;
  /** Makes something as the cloud's administrator; returns its id. */
  make(end: End, kind: string, body: JsonObject): Promise<string>;
  /** The names that begin with a prefix, of all networks, subnets, ... of a cloud. */
  names(end: End, kind: string, prefix: string): Promise<readonly string[]>;
  /** The description of a network of a cloud. */
  describes(end: End, networkId: string): Promise<string>;
  /** Looks at both clouds anew. */
  scan(api: Api): Promise<void>;
  /** Scans, has a plan drafted, and waits until it is. */
  draft(api: Api, request: Drafting): Promise<Plan>;
  /** Scans, has a plan drafted, approves what was drafted, and starts it. */
  run(api: Api, request: Drafting): Promise<Plan>;
  /** A plan, once it is as wanted. */
  planThat(api: Api, planId: string, is: (plan: Plan) => boolean): Promise<Plan>;
  /** The process ends, and another one takes its place, with the same data or with none. */
  restart(data?: 'lost'): Promise<void>;
  close(): Promise<void>;
}

/** Opens the clouds and boots all services with a gateway, on a port of its own that stays the same. */
export const openOverHttp = async (more: Partial<Settings> = {}): Promise<OverHttp> => {
  const clouds = await openFakeClouds();
  const { source: sourceCloud, destination: destinationCloud } = clouds.route;
  const configured = { cloudConfigFile: clouds.cloudsYaml, sourceCloud, destinationCloud };
  const settings = { ...configured, policy: PolicySchema.parse({ multitenant_mode: false }), ...more };
  let dataDirectory = mkdtempSync(path.join(clouds.folder, 'data-'));
  let port = 0;
  const open = () => openGateway({ dashboard: undefined, port }, { dataDirectory, settings });
  let gateway = await open();
  const { port: taken } = gateway.running.app.getHttpServer().address() as AddressInfo;
  port = taken;
  const url = (): string => `http://127.0.0.1:${port}`;

  const scan = async (api: Api): Promise<void> => {
    for (const cloud of [sourceCloud, destinationCloud]) {
      const { scanId, position } = await api.ask('discovery.scan', { body: { cloud } });
      const path = { scanId };
      await api.ask('registry.position', { query: { atLeast: position } });
      const isDone = async () => (await api.ask('registry.scan', { path })).status === 'completed';
      await until(`${cloud} is scanned`, isDone);
    }
  };
  const planThat: OverHttp['planThat'] = async (api, planId, is) => {
    const read = () => api.ask('registry.plan-summary', { path: { planId } });
    let plan = await read();
    await until(`plan ${planId} is as wanted`, async () => is((plan = await read())));
    return plan;
  };
  const draft: OverHttp['draft'] = async (api, request) => {
    await scan(api);
    const { planId, position } = await api.ask('planner.draft', { body: { request, reason: 'a move' } });
    await api.ask('registry.position', { query: { atLeast: position } });
    return planThat(api, planId, ({ status }) => status !== 'requested');
  };
  const run: OverHttp['run'] = async (api, request) => {
    const { plan_id: planId, digest } = await draft(api, request);
    await api.ask('planner.approve', { path: { planId }, body: { digest: digest ?? '' } });
    const { position } = await api.ask('planner.start', { path: { planId }, body: {} });
    return api.ask('registry.plan-summary', { path: { planId }, query: { atLeast: position } });
  };
  return {
    ...{ clouds, scan, draft, run, planThat },
    as: async (name, ...scopes) => {
      const token = await gateway.token(name, ...scopes);
      return openApi({ url: url(), token: () => token });
    },
    make: async ({ admin }, kind, body) => {
      const answer = await admin.send('network', { method: 'POST', path: `/${kind}s`, body: { [kind]: body } });
      const made = isJsonObject(answer.body) ? answer.body[kind] : undefined;
      if (!isJsonObject(made) || typeof made['id'] !== 'string') throw new TypeError(`the cloud made no ${kind}`);
      return made['id'];
    },
    names: async ({ admin }, kind, prefix) => {
      const { body } = await admin.send('network', { method: 'GET', path: `/${kind}s` });
      const all = isJsonObject(body) ? body[`${kind}s`] : undefined;
      const names = (Array.isArray(all) ? all : []).filter(isJsonObject).map(({ name }) => String(name));
      return names.filter((name) => name.startsWith(prefix)).sort();
    },
    describes: async ({ admin }, networkId) => {
      const { body } = await admin.send('network', { method: 'GET', path: `/networks/${networkId}` });
      const network = isJsonObject(body) ? body['network'] : undefined;
      return String(isJsonObject(network) ? network['description'] : undefined);
    },
    restart: async (data) => {
      await gateway.close();
      if (data === 'lost') dataDirectory = mkdtempSync(path.join(clouds.folder, 'data-'));
      gateway = await open();
      const answers = () =>
        fetch(`${url()}/healthz`).then(
          ({ ok }) => ok,
          () => false,
        );
      // A connection that was kept open leads to the one that is gone: the first who asks hears of it.
      await until('the gateway answers again', answers);
    },
    close: async () => {
      await gateway.close();
      await clouds.close();
    },
  };
};

/** What an asking was refused with. */
export const refusal = async (asking: Promise<unknown>): Promise<ApiProblem> => {
  const caught = await asking.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (caught instanceof ApiProblem) return caught;
  throw new TypeError('it was not refused', { cause: caught });
};
