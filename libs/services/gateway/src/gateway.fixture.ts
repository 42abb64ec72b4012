import type { Scope } from '@osm/contracts';
import { boot, allModules, type Running } from '@osm/runtime';
import type { Settings } from '@osm/platform';
import { openTestPorts, type TestPorts } from '@osm/testing/ports';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AccessBook } from './access-book.ts';
import { gatewayHttp, type GatewayHttpOptions } from './gateway-http.ts';
import { GatewayModule } from './gateway.module.ts';

/** An answer as it came over the wire. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The text, parsed. */
  json(): unknown;
}

export interface Asked {
  readonly method?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a text as it is. */
  readonly body?: unknown;
}

/** A whole system with its gateway, on a port of its own. */
export interface GatewayFixture {
  readonly ports: TestPorts;
  readonly running: Running;
  readonly book: AccessBook;
  /** A token that has these scopes. */
  token(name: string, ...scopes: readonly Scope[]): Promise<string>;
  ask(path: string, asked?: Asked): Promise<Answer>;
  close(): Promise<void>;
}

export interface GatewayPlace {
  /** Default: within the process. */
  readonly eventLog?: string;
  /** Without the other services. */
  readonly alone?: boolean;
  /** Stays when the gateway closes; default: a directory of its own, that goes with it. */
  readonly dataDirectory?: string;
  /** In place of two clouds that nobody has configured. */
  readonly settings?: Partial<Settings>;
}

/** Boots every service in this process, with a data directory of its own. */
export const openGateway = async (
  options: GatewayHttpOptions = {},
  { eventLog = 'embedded:', alone = false, dataDirectory: kept, settings = {} }: GatewayPlace = {},
): Promise<GatewayFixture> => {
  const dataDirectory = kept ?? mkdtempSync(path.join(tmpdir(), 'osm-gateway-'));
  const route = { sourceCloud: 'old', destinationCloud: 'new' };
  const ports = await openTestPorts({ settings: { dataDirectory, eventLog, ...route, ...settings } });
  const http = gatewayHttp(ports.ports.settings, { port: 0, ...options });
  const modules = alone ? [GatewayModule] : [...allModules, GatewayModule];
  const running = await boot(ports, modules, { quiet: true, http });
  const { port } = running.app.getHttpServer().address() as AddressInfo;
  const book = running.app.get(AccessBook, { strict: false });
  return {
    ...{ ports, running, book },
    token: async (name, ...scopes) => (await book.create({ name, scopes, by: 'ann' })).token,
    ask: (to, asked) => askAt(port, to, asked),
    close: async () => {
      await running.close();
      if (kept === undefined) rmSync(dataDirectory, { recursive: true });
    },
  };
};

const askAt = (port: number, to: string, asked: Asked = {}): Promise<Answer> => {
  const { method = 'GET', token, headers = {}, body } = asked;
  const sent = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, path: to, method, headers: sent, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: () => JSON.parse(text) });
      });
    });
    asking.on('error', reject);
    asking.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
  });
};
