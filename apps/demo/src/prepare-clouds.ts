import { Failure } from '@osm/kernel';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { cloudFilePath, writeCloudFile, type CloudFile } from './cloud-file.ts';
import { findCloudProcess, isAlive, startCloudProcess, stopCloudProcess } from './cloud-process.ts';
import { fillSource } from './fill-source.ts';
import { idsOf, listCloud } from './list-cloud.ts';
import { openAs } from './open-as.ts';

/** Two clouds, the source full. */
export interface Prepared {
  readonly clouds: CloudFile;
  readonly tenant: NonNullable<CloudFile['tenant']>;
  /** They are those of an earlier demo, which did not come to its end. */
  readonly resumed: boolean;
}

/** Finds the clouds of an earlier demo and takes them over, or starts new ones and fills the source. */
export const prepareClouds = async (folder: string, say: (line: string) => void): Promise<Prepared> => {
  const found = await findCloudProcess(folder);
  if (found.state === 'alive') {
    const { clouds } = found;
    if (clouds.demo !== process.pid && isAlive(clouds.demo)) throw otherDemo(clouds.demo);
    if (clouds.tenant !== undefined) {
      const ours = { ...clouds, demo: process.pid };
      await writeCloudFile(folder, ours);
      say(`Going on with the clouds of an earlier demo, which still run (process ${clouds.pid}).`);
      return { clouds: ours, tenant: clouds.tenant, resumed: true };
    }
    say('An earlier demo was ended before its source was full: starting afresh.');
    await stopCloudProcess(folder, clouds);
  }
  if (found.state === 'gone') say('The clouds of an earlier demo are gone, and all that they held: starting afresh.');
  return { ...(await freshClouds(folder, say)), resumed: false };
};

const freshClouds = async (folder: string, say: (line: string) => void): Promise<Omit<Prepared, 'resumed'>> => {
  await rm(cloudFilePath(folder), { force: true });
  // What the tool remembers is about clouds that are no more.
  await rm(path.join(folder, 'data'), { recursive: true, force: true });
  const began = performance.now();
  const clouds = await startCloudProcess(folder);
  say(`Two OpenStack clouds run on this machine (process ${clouds.pid}):`);
  say(`  source       Zed    ${clouds.source.url}`);
  say(`  destination  Epoxy  ${clouds.destination.url}`);
  const tenant = await fill(clouds);
  const filled = { ...clouds, tenant };
  await writeCloudFile(folder, filled);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  say(`The source was filled with a tenant, the domain acme: ${tenant.resources} resources made in ${seconds} s.`);
  return { clouds: filled, tenant };
};

const fill = async ({ source, destination, password }: CloudFile): Promise<Prepared['tenant']> => {
  const from = openAs('source', source.authUrl, { user: 'admin', password });
  const to = openAs('destination', destination.authUrl, { user: 'admin', password });
  try {
    const { domainId, everything } = await fillSource(from, source.authUrl);
    const [held, holds] = await Promise.all([listCloud(from), listCloud(to)]);
    return { domainId, resources: everything.length, source: idsOf(held), destination: idsOf(holds) };
  } finally {
    from.close();
    to.close();
  }
};

const otherDemo = (pid: number): Failure =>
  new Failure('demo-runs', `cannot start the demo: another one runs here (process ${pid})`, {
    remedy: 'Wait until it has ended, or stop it.',
  });
