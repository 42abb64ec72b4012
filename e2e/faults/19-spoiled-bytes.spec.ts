import { isJsonObject, type JsonObject } from '@osm/kernel';
import { openRoad, type Road } from '@osm/testing/payload-contract';
import { listed } from '@osm/testing/tenant';
import { readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { describeFault } from './describe-fault.ts';
import { fakeOf } from './fake-of.ts';
import { mustHold, wrongEmbedded } from './oracle.ts';
import { openScene, type Scene } from './stage.ts';
import { ended, startShop } from './start-shop.ts';

describeFault({
  id: 19,
  fault: 'bytes arrive changed, break off half-way, or come with garbage behind them',
  expected:
    'a bad copy is deleted and made again; what is bad every time is parked with both hashes, and nothing is left',
  seconds: 420,
  run: async () => {
    await using scene = await openScene({
      shop: { images: 2 },
      policy: { image_transfer: 'direct' },
    });
    const road = await leadBytesOver(scene);
    const config = scene.configure('embedded:');

    // Every copy is spoiled: the first of each image and those that follow.
    const always = spoilAlways(road);
    const first = await startShop(scene, config);
    always.stop();
    if (first.code === 0) throw new Error(`nobody noticed:\n${first.output}`);
    const [originals, left] = await Promise.all([imagesOf(scene, 'source'), imagesOf(scene, 'destination')]);
    // Of two that come at once one may slip past the harm.
    const good = new Set(originals.map(({ os_hash_value: hash }) => hash));
    const bad = left.filter(({ status, os_hash_value: hash }) => status !== 'active' || !good.has(hash));
    if (bad.length > 0) throw new Error(`bad copies are left at the destination: ${JSON.stringify(bad)}`);
    const { output } = await ended(scene, config, 'events', '--format', 'json');
    const hashes = new Set(output.match(/\b[0-9a-f]{128}\b/g));
    if (!output.includes('data-differ') || hashes.size < 3)
      throw new Error(`both hashes are not told: ${[...hashes].join()}`);

    // Once more, each kind of harm once.
    const harms = ['corrupted', 'truncated', 'garbage-after'] as const;
    let met = 0;
    for (const harm of harms) void road.spoil(harm).then(() => (met += 1));
    const second = await startShop(scene, config);
    if (second.code !== 0) throw new Error(`it did not recover:\n${second.output}`);
    if (met < 2) throw new Error(`only ${met} harms happened`);
    mustHold(await wrongEmbedded(scene, config));
    return `${always.met()} bodies spoiled and parked with both hashes, then ${met} of ${harms.length} kinds survived`;
  },
});

/** The images of the shop. */
const imagesOf = async ({ clouds }: Scene, end: 'source' | 'destination'): Promise<readonly JsonObject[]> => {
  const images = await listed(clouds[end].admin, 'image', { path: '/images', key: 'images' });
  return images.filter(({ name }) => String(name).startsWith('image-'));
};

/** The bytes of images go over a road on which harm can be done, at both ends: the same road, for each asks its own cloud. */
const leadBytesOver = async (scene: Scene): Promise<Road> => {
  const { clouds } = scene;
  const isData = (_method: string, path: string): boolean => path.endsWith('/file');
  const roads = await Promise.all(
    (['source', 'destination'] as const).map(async (end) => {
      const { fake, name } = { fake: fakeOf(clouds[end]), name: clouds[end].name };
      const road = await openRoad(fake.url, isData);
      scene.defer(async () => road[Symbol.asyncDispose]());
      return { name, road };
    }),
  );
  const file: unknown = parse(readFileSync(clouds.cloudsYaml, 'utf8'));
  if (!isJsonObject(file) || !isJsonObject(file['clouds'])) throw new TypeError('clouds.yaml has no clouds');
  const entries = Object.entries(file['clouds']).map(([name, entry]) => {
    const road = roads.find((each) => each.name === name)?.road;
    return [name, { ...(isJsonObject(entry) ? entry : {}), image_endpoint_override: `${road?.url ?? ''}/image` }];
  });
  writeFileSync(clouds.cloudsYaml, stringify({ clouds: Object.fromEntries(entries) }), { mode: 0o600 });
  const [source, destination] = roads;
  if (source === undefined || destination === undefined) throw new TypeError('there is no road');
  return {
    url: source.road.url,
    spoil: (fault) => (fault === 'corrupted' ? destination : source).road.spoil(fault),
    [Symbol.asyncDispose]: async () => {},
  };
};

/** One byte of every body upwards is another one, until it is stopped. */
const spoilAlways = (road: Road) => {
  let met = 0;
  let stopped = false;
  const next = (): void => {
    if (stopped) return;
    void road.spoil('corrupted').then(() => {
      met += 1;
      next();
    });
  };
  next();
  return { met: () => met, stop: () => void (stopped = true) };
};
