import { isJsonObject, type JsonObject } from '@osm/kernel';
import type { Cloud } from '@osm/resource';
import type { FakeCloud } from '@osm/testing/fake-openstack';
import { listed } from '@osm/testing/tenant';
import { describeFault } from './describe-fault.ts';
import { fakeOf } from './fake-of.ts';
import { givenMachines, otherType } from './given-machines.ts';
import { mustHold, wrongEmbedded } from './oracle.ts';
import { openScene } from './stage.ts';
import { startShop } from './start-shop.ts';

/** The next time that the cloud shows this thing, it shows that it could not be finished. */
const breakOnce = ({ faults }: FakeCloud, path: RegExp, one: string | null, name: string, broken: JsonObject) => {
  let met = 0;
  const retouch = (body: Readonly<Record<string, unknown>>): object | undefined => {
    const thing = one === null ? body : body[one];
    if (met > 0 || !isJsonObject(thing) || thing['name'] !== name || !isFinished(thing)) return undefined;
    met += 1;
    return one === null ? { ...thing, ...broken } : { ...body, [one]: { ...thing, ...broken } };
  };
  faults.add({ method: 'GET', path, action: { retouch } });
  return () => met;
};

const isFinished = ({ status, provisioning_status: state = status }: JsonObject): boolean =>
  /^(available|active|queued)$/i.test(String(state));

describeFault({
  id: 30,
  seconds: 600,
  fault: 'the destination cannot finish an image, a volume, a load balancer; and then a server, for want of a host',
  expected:
    'its own words are in the failure, the failed twin is deleted, what needs it is told of it; the next try goes through',
  run: async () => {
    await using scene = await openScene({ shop: { also: givenMachines } });
    const config = scene.configure('embedded:');
    const { destination } = scene.clouds;
    const fake = fakeOf(destination);
    const fault = { code: 500, message: 'No valid host was found.', created: '2026-01-01T00:00:00Z' };
    const met = [
      breakOnce(fake, /\/volumes\/[^/]+$/, 'volume', 'disk', { status: 'error' }),
      breakOnce(fake, /\/images\/[^/]+$/, null, 'image-1', { status: 'killed' }),
      breakOnce(fake, /\/loadbalancers\/[^/]+$/, 'loadbalancer', 'front', { provisioning_status: 'ERROR' }),
      breakOnce(fake, /\/servers\/[^/]+$/, 'server', 'machine', { status: 'ERROR', fault }),
    ];

    const first = await startShop(scene, config);
    mustHold([
      ...says(
        first.output,
        /3 failed, 1 skipped/,
        /failed +image image-1 .* it is killed\. The failed twin is deleted/,
      ),
      ...says(first.output, /failed +volume disk .* it is error/, /failed +load-balancer front .* it is in ERROR/),
      ...says(first.output, /skipped +instance machine .*: volume disk .* failed/),
      ...(await left(destination.admin, ['image-1', 'disk', 'front', 'machine'])),
    ]);
    const second = await startShop(scene, config);
    mustHold([
      ...says(second.output, /3 created, 0 adopted, 0 reused, 1 failed, 0 skipped/),
      ...says(second.output, /failed +instance machine .* it is ERROR: No valid host was found\./),
      ...(await left(destination.admin, ['machine'])),
    ]);
    const third = await startShop(scene, config);
    mustHold([
      ...says(third.output, /1 created, 0 adopted, 0 reused, 0 failed, 0 skipped/),
      ...(third.code === 0 ? [] : [`start ended with ${third.code}`]),
      ...met.flatMap((count, at) => (count() === 1 ? [] : [`fault ${at} was met ${count()} times`])),
    ]);
    const tries = creates(fake, /\/(volumes|loadbalancers|servers)$/);
    if (tries !== 6) throw new Error(`${tries} create requests for 3 twins, each of which was broken once`);
    // Ports that services make are named after them, and bear their ids.
    const differences = [otherType, /port .* name is "octavia-lb-/, /port .* router is /];
    mustHold(await wrongEmbedded(scene, config, { differences }));
    return '4 twins in error told with their faults and deleted, 1 dependant told; 2 more starts and all is there, with one more create request for each';
  },
});

const says = (output: string, ...words: readonly RegExp[]): readonly string[] =>
  words.filter((word) => !word.test(output)).map((word) => `${word.source} is not in:\n${output}`);

const creates = ({ ledger }: FakeCloud, path: RegExp): number =>
  ledger.writes().filter((entry) => entry.method === 'POST' && path.test(entry.path)).length;

/** Which of these things are still at the cloud. */
const left = async (cloud: Cloud, names: readonly string[]): Promise<readonly string[]> => {
  const query = { all_tenants: '1' };
  const all = [
    ...(await listed(cloud, 'image', { path: '/images', key: 'images' })),
    ...(await listed(cloud, 'block-storage', { path: '/volumes/detail', key: 'volumes', query })),
    ...(await listed(cloud, 'load-balancer', { path: '/lbaas/loadbalancers', key: 'loadbalancers' })),
    ...(await listed(cloud, 'compute', { path: '/servers/detail', key: 'servers', query })),
  ];
  return all.filter(({ name }) => names.includes(String(name))).map(({ name }) => `${String(name)} is still there`);
};
