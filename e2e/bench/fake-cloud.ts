/** A fake cloud in a process of its own, started by `startFakeCloudProcess`. It holds the bytes that are written in memory. */
import { startFakeCloud, writeVolume, type FakeCloudOptions } from '@osm/testing/fake-openstack';
import { createHash, randomBytes } from 'node:crypto';
import { volumes } from '../../libs/testing/fake-openstack/src/cinder-rows.ts';
import { digestOf } from './digest-of.ts';

/** What it is told. */
export type Told =
  /** Writes noise into a volume: so many bytes at each of these places. */
  | { readonly does: 'write'; readonly volumeId: string; readonly places: readonly number[]; readonly bytes: number }
  /** Answers a digest of what a volume holds. */
  | { readonly does: 'hash'; readonly volumeId: string }
  /** Answers how many requests it has had since it was asked last. */
  | { readonly does: 'count' };

const options = JSON.parse(process.argv[2] ?? '{}') as FakeCloudOptions;
const cloud = await startFakeCloud(options);

const carryOut = (told: Told): string => {
  if (told.does === 'write') {
    for (const place of told.places) writeVolume(cloud, told.volumeId, randomBytes(told.bytes), place);
    return 'written';
  }
  if (told.does === 'count') {
    const requests = cloud.ledger.entries().length;
    cloud.ledger.clear();
    return String(requests);
  }
  const volume = volumes(cloud).get(told.volumeId);
  if (volume === undefined) throw new Error(`${options.name} has no volume ${told.volumeId}`);
  return digestOf(volume.payload, createHash('sha256'));
};

process.on('message', (told: Told) => process.send?.(carryOut(told)));
process.on('disconnect', () => process.exit());
process.send?.({ url: cloud.url, entry: cloud.adminCloudsYamlEntry });
