/** Which clouds the contract suites run against: a fake of each release, and a real one when the environment names it. */
import { readFileSync } from 'node:fs';
import { afterAll } from 'vitest';
import { parse } from 'yaml';
import type { FakeCloud } from '../start-fake-cloud.ts';
import { startFakeCloud } from '../start-fake-cloud.ts';
import type { Release } from '../frame.ts';
import type { ContractCloud, Credentials } from './glance-session.ts';

type Suite = (name: string, cloudOf: () => ContractCloud | Promise<ContractCloud>) => void;

/**
 * Runs a suite against a fake Zed and a fake Epoxy, or, when `OSM_CONTRACT_CLOUD` names a cloud of the clouds.yaml at
 * `OS_CLIENT_CONFIG_FILE`, against that one.
 */
export function runContract(suite: Suite): void {
  const real = process.env.OSM_CONTRACT_CLOUD;
  if (real !== undefined && real !== '') return suite(real, () => realCloud(real));
  for (const release of ['zed', 'epoxy'] as const) {
    const started: FakeCloud[] = [];
    suite(`the fake ${release}`, async () => {
      const fake = await startFake(release);
      started.push(fake);
      return contractCloudOf(fake);
    });
    afterAll(async () => {
      for (const fake of started) await fake.close();
    });
  }
}

/** A fake cloud as the suites want it. */
export function startFake(release: Release): Promise<FakeCloud> {
  return startFakeCloud({
    ...{ name: release, region: 'RegionOne', release, networkType: release === 'zed' ? 'vxlan' : 'geneve' },
    ...{ volumeTypes: ['ssd', 'hdd'], imageStores: ['local', 'archive'], adminPassword: 'secret', asyncMs: 100 },
  });
}

/** A running fake as a contract suite's cloud. */
export function contractCloudOf(fake: FakeCloud): ContractCloud {
  const { auth } = fake.adminCloudsYamlEntry;
  return { authUrl: fake.authUrl, credentials: credentialsOf(auth), gibBytes: 1024 * 1024 };
}

function realCloud(name: string): ContractCloud {
  const path = process.env.OS_CLIENT_CONFIG_FILE ?? 'clouds.yaml';
  const file: unknown = parse(readFileSync(path, 'utf8'));
  const auth = inside(inside(inside(file, 'clouds'), name), 'auth');
  return { authUrl: String(inside(auth, 'auth_url')), credentials: credentialsOf(auth) };
}

function credentialsOf(auth: unknown): Credentials {
  return {
    username: String(inside(auth, 'username')),
    password: String(inside(auth, 'password')),
    projectName: String(inside(auth, 'project_name')),
    userDomainName: String(inside(auth, 'user_domain_name')),
    projectDomainName: String(inside(auth, 'project_domain_name')),
  };
}

function inside(value: unknown, key: string): unknown {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  if (found === undefined) throw new Error(`the clouds.yaml has no ${key} where one is wanted`);
  return found;
}
