/**
 * Who may import what: the architecture as a table. eslint.config.mjs makes it a rule; tools/layers.int.spec.ts proves
 * that the rule refuses.
 *
 * A library names its layer in its project.json (`"tags": ["layer:kernel"]`).
 */

/**
 * @typedef {object} Layer
 * @property {readonly string[]} imports the layers whose libraries it may import
 * @property {readonly string[]} npm the packages that it may import; `@nestjs/*` means the whole scope
 */

/** @type {readonly string[]} */
const core = ['kernel', 'contracts', 'domain', 'planning', 'resource', 'port', 'engine'];
const nest = ['@nestjs/*', 'reflect-metadata', 'rxjs', 'class-validator', 'class-transformer'];

/** @type {Readonly<Record<string, Layer>>} */
export const layers = {
  kernel: { imports: [], npm: [] },
  contracts: { imports: ['kernel'], npm: ['zod'] },
  domain: { imports: ['kernel', 'contracts'], npm: [] },
  // The contract of the handlers. From `contracts` it has the words of the fidelity report, which is an event.
  resource: { imports: ['kernel', 'contracts', 'resource'], npm: ['zod'] },
  // The handlers, a library for each OpenStack service. Their needs are imports between these libraries, so ESLint's check
  // for circles proves that the needs have none.
  resources: { imports: ['kernel', 'contracts', 'resource', 'resources'], npm: ['zod'] },
  planning: { imports: ['kernel', 'contracts', 'resource'], npm: [] },
  port: { imports: ['kernel', 'contracts'], npm: [] },
  // What speaks to the world. The packages are those of `drivers`, each in its own library and in no other.
  adapter: { imports: ['kernel', 'contracts', 'resource', 'port'], npm: [] },
  engine: { imports: ['kernel', 'contracts', 'domain', 'resource', 'port'], npm: [] },
  // The reading half of a database that a service owns, for commands that look at it without starting the service.
  store: { imports: ['kernel', 'contracts'], npm: [] },
  // The services' Nest modules. A service never imports another: `feature` is not in its own list.
  feature: { imports: [...core, 'platform', 'store'], npm: [...nest, 'zod'] },
  // What every process needs: configuration, logging, health, shutdown order.
  platform: { imports: ['kernel', 'contracts', 'resource', 'port', 'platform'], npm: [...nest, 'zod', 'yaml'] },
  // What speaks to the admin API, in a page as well as in a program: nothing of Node, nothing of ours.
  client: { imports: [], npm: [] },
  // What people look at: it knows the admin API, and nothing else of ours.
  page: {
    imports: ['client'],
    npm: [
      ...['react', 'react-dom', 'react-router', '@mantine/*', '@tanstack/*', '@tabler/icons-react'],
      ...['@xyflow/react', '@dagrejs/dagre'],
    ],
  },
  // Composition roots: the only place where adapters and services meet.
  app: {
    imports: [...core, 'resources', 'adapter', 'feature', 'store', 'platform', 'client', 'app'],
    npm: [...nest, 'zod', 'yaml', 'commander', '@bomb.sh/tab'],
  },
  testing: {
    imports: [...core, 'resources', 'adapter', 'feature', 'store', 'platform', 'client', 'app', 'testing', 'tools'],
    npm: [...nest, 'zod', 'yaml', 'vitest', 'axios', 'undici', 'better-sqlite3', '@nats-io/*', '@mikro-orm/*'],
  },
  tools: { imports: [...core, 'resources', 'tools'], npm: ['zod', 'yaml'] },
};

/**
 * The packages that belong to one folder beyond its layer's.
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const drivers = {
  'apps/cli': ['better-sqlite3'],
  'libs/event-log-jetstream': ['@nats-io/*'],
  'libs/event-log-embedded': ['better-sqlite3'],
  'libs/openstack': ['axios', 'undici', 'yaml', 'zod'],
  'libs/platform': ['@nats-io/*'],
  'libs/services/gateway': ['prom-client'],
  'libs/services/registry': ['@mikro-orm/*', 'better-sqlite3'],
  'libs/services/registry/reader': ['better-sqlite3'],
};

/** Specs may import any library, and these packages besides their layer's. */
export const specPackages = ['vitest', '@nestjs/testing', ...nest];

/** The files of the last line: specs, and the suites and fixtures that only specs import. */
export const specFiles = ['**/*.spec.ts', '**/*.suite.ts', '**/*.fixture.ts', '**/testing/**/*.ts'];
