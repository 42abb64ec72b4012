import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';
import {
  bundleOf,
  openFakeClouds,
  startProcess,
  writeConfig,
  type Clouds,
  type ServiceProcess,
} from '@osm/testing/harness';

export type Scope = 'view' | 'plan' | 'execute' | 'cleanup' | 'admin';

/** An operator's place: two clouds, and the all-in-one that serves the page between them. */
export interface Desk {
  readonly clouds: Clouds;
  /** Where the page is. */
  readonly url: string;
  readonly dataDirectory: string;
  /** Runs a command as people do, and answers what it wrote. Fails where it fails. */
  says(...args: readonly string[]): Promise<string>;
  /** Makes a token. */
  token(name: string, ...scopes: readonly Scope[]): Promise<string>;
  /** Starts the all-in-one once more, as after a reboot. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface DeskOptions {
  /** Default: two fake ones, which answer after two milliseconds. */
  readonly clouds?: Clouds;
  /** Keys of the configuration file. */
  readonly settings?: { readonly [key: string]: string | number | boolean };
  /** Fills the data directory before anything is started. */
  fill?(dataDirectory: string): Promise<void>;
}

/** Opens a desk: everything as a person would start it, from the bundles. */
export const openDesk = async (options: DeskOptions = {}): Promise<Desk> => {
  const clouds = options.clouds ?? (await openFakeClouds({ latencyMs: 2 }));
  const dataDirectory = path.join(clouds.folder, 'desk');
  const settings = { settle_seconds: 0, ...options.settings };
  const config = writeConfig(
    { cloudsYaml: clouds.cloudsYaml, route: clouds.route, dataDirectory, policy: {}, settings },
    'embedded:',
  );
  await options.fill?.(dataDirectory);
  const port = await freePort();
  const args = [bundleOf('cli'), '--config', config];
  const serve = (): Promise<ServiceProcess> =>
    startProcess({
      name: 'the all-in-one',
      args: [...args, 'serve', '--port', String(port)],
      env: {},
      ready: /the API is at/,
      patienceMs: 120_000,
    });
  const says = async (...words: readonly string[]): Promise<string> => {
    const run = await startProcess({ name: words.join(' '), args: [...args, ...words], env: {} });
    const code = await run.ended;
    if (code !== 0) throw new Error(`${run.name} ended with ${code ?? 'a signal'}:\n${run.wholeOutput()}`);
    return run.wholeOutput();
  };
  let serving = await serve();
  return {
    clouds,
    url: `http://127.0.0.1:${port}`,
    dataDirectory,
    says,
    token: async (name, ...scopes) => {
      const out = await says('token', 'create', '--name', name, '--scope', scopes.join(','));
      const token = /osm_[\w-]+/.exec(out)?.[0];
      if (token === undefined) throw new Error(`no token was made:\n${out}`);
      return token;
    },
    restart: async () => {
      await serving.stop();
      serving = await serve();
    },
    close: async () => {
      await serving.stop().finally(() => clouds.close());
    },
  };
};

/** A port that nobody has now. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
};
