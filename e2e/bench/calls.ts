import { spread, type Spread } from '@osm/testing/bench-figures';
import type { LedgerEntry } from '@osm/testing/fake-openstack';
import { setup as build } from '../build-apps.ts';
import type { Bench } from './bench.ts';
import { givenTwentieth, type Twentieth } from './given-twentieth.ts';
import { configure } from './openstack-migrate.ts';
import { startCloud, type CloudProcess } from './start-clouds.ts';

/** What Neutron makes many of with one request. */
const bulkable = ['network', 'subnet', 'port', 'security-group-rule'] as const;

/** No quota is in the way. */
const roomy = {
  network: { network: -1, subnet: -1, port: -1, router: -1, security_group: -1, security_group_rule: -1 },
  compute: { instances: -1, cores: -1, ram: -1 },
  volume: { volumes: -1, gigabytes: -1, snapshots: -1 },
};

/** The last word of a path that is no id: what the request is about. */
const kindOf = ({ path }: LedgerEntry): string =>
  path
    .split('/')
    .filter((part) => /^[a-z][a-z_-]*$/i.test(part) && !/^[0-9a-f-]{32,36}$/.test(part))
    .slice(1)
    .join('/');

const isToken = ({ method, path }: LedgerEntry): boolean => method === 'POST' && /\/auth\/tokens$/.test(path);

const isAbout =
  (type: string) =>
  ({ path }: LedgerEntry): boolean =>
    new RegExp(`/v2.0/${type}s(/|$)`).test(path);

const ledgerOf = async ({ url }: CloudProcess): Promise<readonly LedgerEntry[]> => {
  const answer = await fetch(`${url}/__fake/ledger`);
  return ((await answer.json()) as { readonly entries: readonly LedgerEntry[] }).entries;
};

const clear = ({ url }: CloudProcess): Promise<Response> => fetch(`${url}/__fake/ledger`, { method: 'DELETE' });

/** Requests of one migration of the tenant, scan, plan, run and proof together, at both clouds. */
export const calls: Bench = {
  name: 'calls',
  summary: 'API calls and token requests for a twentieth of a large tenant, by type; then of a second run',
  run: async ({ tell }) => {
    await build();
    const options = { gibBytes: 64 * 1024, asyncMs: 5, projectQuotas: roomy };
    const source = await startCloud({ name: 'source', release: 'zed', networkType: 'vxlan', ...options });
    const destination = await startCloud({ name: 'destination', release: 'epoxy', networkType: 'geneve', ...options });
    try {
      const tenant = await givenTwentieth(source.admin);
      using product = configure({ source: source.entry, destination: destination.entry, policy: {} });
      const first = await counted([source, destination], () => product.start('domain', tenant.domainId));
      for (const [kind, requests] of byKind(first)) tell(`${String(requests).padStart(6)}  ${kind}`);
      const second = await counted([source, destination], () => product.again('domain', tenant.domainId));
      return figures(tenant, first, second);
    } finally {
      await Promise.all([source.end(), destination.end()]);
    }
  },
};

const counted = async (
  clouds: readonly CloudProcess[],
  work: () => Promise<unknown>,
): Promise<readonly LedgerEntry[]> => {
  await Promise.all(clouds.map(clear));
  await work();
  return (await Promise.all(clouds.map(ledgerOf))).flat();
};

const byKind = (entries: readonly LedgerEntry[]): readonly (readonly [string, number])[] =>
  [...Map.groupBy(entries, (entry) => `${entry.method} ${kindOf(entry)}`)]
    .map(([kind, all]) => [kind, all.length] as const)
    .toSorted(([, a], [, b]) => b - a);

const figures = ({ counts }: Twentieth, first: readonly LedgerEntry[], second: readonly LedgerEntry[]) => {
  const once = (value: number): Spread => spread([value]);
  const perType = Object.fromEntries(
    bulkable.map((type) => [type, first.filter(isAbout(type)).length / (counts[type] ?? 1)]),
  );
  const resources = bulkable.reduce((sum, type) => sum + (counts[type] ?? 0), 0);
  const requests = bulkable.reduce((sum, type) => sum + first.filter(isAbout(type)).length, 0);
  const keys = {
    calls: first.length,
    tokenRequests: first.filter(isToken).length,
    callsPerBulkResource: requests / resources,
    secondCalls: second.length,
    secondCallsShare: second.length / first.length,
  };
  const sides = {
    first: { requests: once(first.length), tokens: once(keys.tokenRequests) },
    second: { requests: once(second.length), tokens: once(second.filter(isToken).length) },
    perBulkResource: Object.fromEntries(Object.entries(perType).map(([type, value]) => [type, once(value)])),
  };
  return { sides, keys, missed: [] };
};
