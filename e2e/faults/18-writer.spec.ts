import { decodeEvent, everyMigration } from '@osm/contracts';
import { openEmbeddedLog } from '@osm/event-log-embedded';
import { readVolume } from '@osm/testing/fake-openstack';
import { bytesOf, listed, makeVolume } from '@osm/testing/tenant';
import { attach, detach, entryBytes, entryOf, guestDisk, startWriter } from '../journeys/given-writer.ts';
import { describeFault } from './describe-fault.ts';
import { fakeOf } from './fake-of.ts';
import { otherType, within } from './given-machines.ts';
import { mustHold, wrongEmbedded } from './oracle.ts';
import { openScene } from './stage.ts';
import { startShop } from './start-shop.ts';

describeFault({
  id: 18,
  seconds: 600,
  fault:
    'a guest writes a journal to its volume for as long as the volume is copied: the end of it first, then the beginning',
  expected: 'it is read from a snapshot: what arrives is the disk of one moment, as if the power had failed',
  run: async () => {
    let busy = '';
    await using scene = await openScene({
      shop: {
        also: (admin, { projectId }) =>
          within(admin, projectId, async (inside) => {
            busy = await makeVolume(inside, 'busy', bytesOf('busy', 300_000));
          }),
      },
    });
    const { source, destination } = scene.clouds;
    const config = scene.configure('embedded:');
    const { ledger } = fakeOf(source);
    await attach(source.admin, busy, '0f5f1a8e-6d3c-4f0e-9b58-0c3f3a1d2b4c');
    const { write, size } = guestDisk(source, busy);
    const writer = startWriter(write, size);
    const run = await startShop(scene, config);
    await writer.stop();
    await detach(source.admin, busy);
    if (run.code !== 0) throw new Error(run.output);

    const query = { all_tenants: '1', name: 'busy' };
    const volumes = await listed(destination.admin, 'block-storage', {
      path: '/volumes/detail',
      key: 'volumes',
      query,
    });
    const twin = volumes.find(({ name }) => name === 'busy');
    const arrived = readVolume(fakeOf(destination), String(twin?.['id']));
    const [front, back] = [arrived.readUInt32BE(0), arrived.readUInt32BE(size - entryBytes)];
    const then = readVolume(fakeOf(source), busy);
    entryOf(front).copy(then, 0);
    entryOf(back).copy(then, size - entryBytes);
    const said = await consistencies(scene.dataDirectory);
    const snapshots = ledger.writes().filter(({ method, path }) => method === 'POST' && path.endsWith('/snapshots'));
    mustHold([
      ...(front > 0 && (back === front || back === front + 1)
        ? []
        : [`entry ${front} at the front, ${back} at the end`]),
      ...(writer.last() > back ? [] : [`the guest had written ${writer.last()} entries, and had ended`]),
      ...(arrived.equals(then) ? [] : ['something else of the disk is not as it was']),
      ...(snapshots.length === 1 ? [] : [`${snapshots.length} snapshots were taken`]),
      ...(said.has('crash-consistent') ? [] : [`it is not said how consistent it is: ${[...said].join(', ')}`]),
    ]);
    mustHold(
      await wrongEmbedded(scene, config, {
        sourceChanged: true,
        differences: [/volume web\/busy: bytes is/, otherType],
      }),
    );
    return `entries ${front} at the front and ${back} at the end of the twin, of ${writer.last()} that were written meanwhile`;
  },
});

/** How consistent the steps of a migration say that what they have read is. */
const consistencies = async (directory: string): Promise<ReadonlySet<string>> => {
  const { log, close } = await openEmbeddedLog({ directory, readOnly: true });
  try {
    const said = new Set<string>();
    for await (const recorded of log.read({ filter: everyMigration })) {
      const event = decodeEvent(recorded);
      if (event.type !== 'StepSucceeded') continue;
      const { consistency } = event.data.outputs;
      if (consistency !== undefined) said.add(String(consistency));
    }
    return said;
  } finally {
    await close();
  }
};
