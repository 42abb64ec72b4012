import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { fillSource } from './fill-source.ts';
import { openAs } from './open-as.ts';
import { startClouds } from './start-clouds.ts';
import { writeConfiguration } from './write-configuration.ts';

export interface RunClouds {
  readonly port: number;
  readonly latencyMs: number;
  /** Fills the source with a tenant. */
  readonly tenant: boolean;
  readonly folder: string;
  /** Aborted when they are to stop. */
  readonly stop: AbortSignal;
  say(line: string): void;
}

/** `npm run clouds`: two clouds to try things on, until stopped. */
export const runClouds = async ({ port, latencyMs, tenant, folder, stop, say }: RunClouds): Promise<void> => {
  const password = randomBytes(8).toString('hex');
  const clouds = await startClouds({ port, latencyMs, adminPassword: password });
  const { source, destination } = clouds;
  try {
    const files = await writeConfiguration(folder, {
      source: source.adminCloudsYamlEntry,
      destination: destination.adminCloudsYamlEntry,
    });
    // What the tool remembers is about clouds that are no more.
    await rm(files.data, { recursive: true, force: true });
    const here = (file: string): string => path.relative(process.cwd(), file);
    say(`source       OpenStack Zed    ${source.authUrl}`);
    say(`destination  OpenStack Epoxy  ${destination.authUrl}`);
    if (tenant) {
      const admin = openAs('source', source.authUrl, { user: 'admin', password });
      const { everything } = await fillSource(admin, source.authUrl);
      admin.close();
      say(`The source holds a tenant: domain acme, ${everything.length} resources.`);
    }
    say('');
    say(`They run until you press Ctrl-C, and forget everything then. ${here(files.clouds)} signs in to both:`);
    say(`  export OS_CLIENT_CONFIG_FILE=${here(files.clouds)}`);
    say('  openstack --os-cloud source network list');
    say('and openstack-migrate goes from one to the other:');
    say(`  export OPENSTACK_MIGRATE_CONFIG=${here(files.config)}`);
    say(
      tenant
        ? '  npx openstack-migrate start --resource-type project web --include-dependencies --include-members --dry-run'
        : '  npx openstack-migrate scan',
    );
    if (!stop.aborted) await once(stop, 'abort');
  } finally {
    await clouds.close();
  }
};
