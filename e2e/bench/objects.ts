import { isJsonObject, type JsonObject } from '@osm/kernel';
import { alternately } from '@osm/testing/bench-figures';
import { createHash, randomBytes } from 'node:crypto';
import { setup as build } from '../build-apps.ts';
import type { Bench } from './bench.ts';
import { configure, type OpenstackMigrate } from './openstack-migrate.ts';
import { startCloud, type CloudProcess } from './start-clouds.ts';

const smallObjects = 10_000;
const segments = 16;
const segmentBytes = (2 * 1024 ** 3) / segments;
const service = 'object-store';

interface Filled {
  /** What the containers' names begin with. */
  readonly name: string;
  /** Those of segments first: the others cannot be whole without them. */
  readonly containers: readonly string[];
  readonly objects: number;
  readonly bytes: number;
}

const put = async (
  { admin }: CloudProcess,
  path: string,
  body: Uint8Array | string = '',
  query = {},
): Promise<void> => {
  await admin.send(service, {
    method: 'PUT',
    path,
    body,
    query,
    headers: { 'Content-Type': 'application/octet-stream' },
  });
};

/** Many objects of 1 to 4 KiB. */
const fillWithSmall = async (cloud: CloudProcess): Promise<Filled> => {
  const name = 'small';
  await put(cloud, `/${name}`);
  let bytes = 0;
  const numbers = Array.from({ length: smallObjects }, (_, index) => index).values();
  const fill = async (): Promise<void> => {
    for (const number of numbers) {
      const body = randomBytes(1024 + (number % 4) * 1024 - (number % 7));
      bytes += body.length;
      await put(cloud, `/${name}/folder-${number % 100}/object-${number}`, body);
    }
  };
  await Promise.all(Array.from({ length: 8 }, fill));
  return { name, containers: [name], objects: smallObjects, bytes };
};

/** One object of 2 GiB in segments. A segment is a block over and over: the fake cloud has to keep it in memory. */
const fillWithLarge = async (cloud: CloudProcess): Promise<Filled> => {
  const name = 'large';
  await put(cloud, `/${name}`);
  await put(cloud, `/${name}_segments`);
  const manifest: JsonObject[] = [];
  for (let number = 0; number < segments; number += 1) {
    const body = Buffer.alloc(segmentBytes, randomBytes(64 * 1024));
    const path = `/${name}_segments/disk/${String(number).padStart(4, '0')}`;
    await put(cloud, path, body);
    manifest.push({ path, size_bytes: body.length, etag: createHash('md5').update(body).digest('hex') });
  }
  await put(cloud, `/${name}/disk`, JSON.stringify(manifest), { 'multipart-manifest': 'put' });
  return { name, containers: [`${name}_segments`, name], objects: segments + 1, bytes: segments * segmentBytes };
};

/** Every object's name, size and ETag, of a container and of that of its segments. */
const listing = async ({ admin }: CloudProcess, name: string): Promise<string> => {
  const shown: string[] = [];
  const listed = await admin.send(service, { method: 'GET', path: '', query: { format: 'json', prefix: name } });
  const containers = Array.isArray(listed.body) ? listed.body.filter(isJsonObject) : [];
  for (const container of containers) {
    const path = `/${String(container['name'])}`;
    let marker = '';
    for (;;) {
      const { body } = await admin.send(service, { method: 'GET', path, query: { format: 'json', marker } });
      const page = Array.isArray(body) ? body.filter(isJsonObject) : [];
      if (page.length === 0) break;
      // A manifest's own hash changes with the times in it; `slo_etag` is that of its segments.
      shown.push(
        ...page.map((item) => [path, item['name'], item['bytes'], item['slo_etag'] ?? item['hash']].join(' ')),
      );
      marker = String(page.at(-1)?.['name']);
    }
  }
  return shown.join('\n');
};

/**
 * A container of many small objects and one with a large object, from one object store to another that is empty; then
 * once more by somebody who knows nothing of the first time, with nothing to do.
 */
export const objects: Bench = {
  name: 'objects',
  summary: '10,000 objects of 1 to 4 KiB, and one of 2 GiB in segments; then again, when nothing has changed',
  run: async ({ rounds, tell }) => {
    await build();
    const source = await startCloud({ name: 'source', release: 'zed', networkType: 'vxlan' });
    const containers = { small: await fillWithSmall(source), large: await fillWithLarge(source) };
    const setting = (destination: CloudProcess) => ({
      source: source.entry,
      destination: destination.entry,
      policy: { multitenant_mode: false },
    });
    const requests = async (destination: CloudProcess): Promise<number> =>
      Number(await source.ask({ does: 'count' })) + Number(await destination.ask({ does: 'count' }));

    const copying =
      ({ name, containers: filled, objects: count, bytes }: Filled) =>
      async () => {
        const migrate = async (product: OpenstackMigrate): Promise<number> => {
          let seconds = 0;
          for (const container of filled) seconds += (await product.start('object-container', container)).seconds;
          return seconds;
        };
        const destination = await startCloud({ name: 'destination', release: 'epoxy', networkType: 'geneve' });
        using first = configure(setting(destination));
        await requests(destination);
        const seconds = await migrate(first);
        const firstRequests = await requests(destination);
        if ((await listing(destination, name)) !== (await listing(source, name))) {
          throw new Error(`the container ${name} holds other objects at the destination`);
        }
        using again = configure(setting(destination));
        await requests(destination);
        const secondSeconds = await migrate(again);
        const secondRequests = await requests(destination);
        await destination.end();
        return {
          objectsPerSecond: count / seconds,
          mbPerSecond: bytes / 1e6 / seconds,
          seconds,
          requestsPerObject: firstRequests / count,
          secondSeconds,
          secondRequests,
        };
      };
    const sides = await alternately(
      rounds,
      { small: copying(containers.small), large: copying(containers.large) },
      (side, round, { seconds, secondSeconds, secondRequests }) =>
        tell(
          `${round + 1}: ${side} ${seconds.toFixed(1)} s, again ${secondSeconds.toFixed(1)} s, ${secondRequests} requests`,
        ),
    );
    await source.end();
    const keys = {
      objectsPerSecond: sides.small.objectsPerSecond.median,
      mbPerSecond: sides.large.mbPerSecond.median,
      secondPassRequests: sides.small.secondRequests.median,
      secondPassSeconds: sides.small.secondSeconds.median,
    };
    return { sides, keys, missed: [] };
  },
};
