import { Failure } from '@osm/kernel';
import type { GatewaySettings, Settings } from '@osm/platform';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { BlockList, isIP } from 'node:net';
import { AccessBook } from './access-book.ts';
import { bearer } from './bearer.ts';
import { builtDashboard, serveDashboard } from './dashboard.ts';
import { serveDocs } from './docs.ts';
import { knownHost } from './known-host.ts';
import { Metrics } from './metrics.ts';
import { safeHeaders } from './safe-headers.ts';

/** Where the gateway answers, and what a request passes before it reaches a route. */
export interface GatewayHttp {
  readonly host: string;
  readonly port: number;
  readonly prepare: (app: NestExpressApplication) => void;
}

export interface GatewayHttpOptions {
  /** Instead of the configured one. */
  readonly port?: number;
  /** The folder of the built dashboard; default: where a build leaves it. */
  readonly dashboard?: string | undefined;
}

const defaults: GatewaySettings = { host: '127.0.0.1', port: 8808, insecure: false, names: [] };

/** Raises `gateway-open` for an address that other machines reach, unless somebody has said that this is wanted. */
export const gatewayHttp = (
  { gateway = defaults }: Pick<Settings, 'gateway'>,
  { port = gateway.port, dashboard = builtDashboard() }: GatewayHttpOptions = {},
): GatewayHttp => {
  const { host, insecure, names } = gateway;
  if (!isLoopback(host) && !insecure) throw open(host);
  const own = isIP(host) === 0 ? [host.toLowerCase()] : [];
  return { host, port, prepare: (app) => prepare(app, [...names, ...own], dashboard) };
};

const prepare = (app: NestExpressApplication, names: readonly string[], dashboard: string | undefined): void => {
  app.disable('x-powered-by');
  app.use(app.get(Metrics, { strict: false }).measure);
  app.use(safeHeaders);
  app.use(knownHost(names));
  // Nobody without a token has a body read.
  app.use(bearer(app.get(AccessBook, { strict: false })));
  app.useBodyParser('json', { limit: '1mb' });
  serveDocs(app);
  serveDashboard(app, dashboard);
};

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const isLoopback = (host: string): boolean => {
  const family = isIP(host);
  return host === 'localhost' || (family !== 0 && loopback.check(host, family === 6 ? 'ipv6' : 'ipv4'));
};

const open = (host: string): Failure =>
  new Failure('gateway-open', `cannot answer on ${host}: other machines reach it, and tokens would pass unencrypted`, {
    remedy: 'Put a proxy with TLS before it and set gateway_insecure: true, or leave gateway_host at 127.0.0.1.',
  });
