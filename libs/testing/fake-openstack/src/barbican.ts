import { containerRoutes } from './barbican-containers.ts';
import { secretRoutes } from './barbican-secrets.ts';
import type { Call, Cloud, FakeCloudOptions, JsonObject, Reply, Route, Service } from './frame.ts';
import { roles } from './identity-rows.ts';

/** Barbican: secrets and containers, with the policy that both releases come with. Zed and Epoxy answer alike. */
export function keyManagerService(_options: FakeCloudOptions): Service {
  return {
    prefix: 'key-manager',
    type: 'key-manager',
    name: 'barbican',
    endpointPath: '',
    microversions: { word: 'key-manager', min: '1.0', max: '1.1' },
    routes: [...versionRoutes, ...secretRoutes, ...containerRoutes],
    seed,
    refusal: ({ status, message }) => ({ body: { code: status, title: titles[status] ?? '', description: message } }),
  };
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  409: 'Conflict',
  415: 'Unsupported Media Type',
  500: 'Internal Server Error',
};

const links = (call: Call): JsonObject[] => [
  { rel: 'self', href: `${call.baseUrl}/v1/` },
  { rel: 'describedby', type: 'text/html', href: 'https://docs.openstack.org/' },
];

/** Who asks without a microversion is told of none. */
const stable = (call: Call): JsonObject => ({
  id: 'v1',
  status: 'stable',
  links: links(call),
  'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.key-manager-v1+json' }],
});

const current = (call: Call): JsonObject => ({
  id: 'v1',
  status: 'CURRENT',
  min_version: '1.0',
  max_version: '1.1',
  links: links(call),
});

const versionRoutes: readonly Route[] = [
  { method: 'GET', path: '/', open: true, handle: versions },
  { method: 'GET', path: '/v1', handle: version },
];

function versions(call: Call): Reply {
  const asked = call.headers['openstack-api-version'] !== undefined;
  return { status: 300, body: { versions: asked ? [current(call)] : { values: [stable(call)] } } };
}

function version(call: Call): Reply {
  const asked = call.headers['openstack-api-version'] !== undefined;
  return { status: 200, body: { version: asked ? current(call) : stable(call) } };
}

/** The roles that its policy names, which whoever installs it makes. */
function seed(cloud: Cloud): void {
  for (const name of ['creator', 'audit']) {
    const id = cloud.newHexId();
    roles(cloud).set(id, { id, name, domain_id: null, description: null, options: {} });
  }
}
