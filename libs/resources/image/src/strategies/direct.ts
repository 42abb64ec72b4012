import type { JsonObject } from '@osm/kernel';
import type { HashName } from '@osm/resource';
import { octets, fileOf, unlessMislabelled } from './image-record.ts';
import type { ImageCopy, ImageStrategy } from './image-strategy.ts';

/** The data, streamed from Glance to Glance: one read, one write. */
export const direct: ImageStrategy = {
  name: 'direct',
  because: 'one write at the destination, where an import would stage the data first',
  impossible: () => undefined,
  bring: (copy, original, twin, hash) => send(copy, original, `/images/${String(twin['id'])}/file`, hash),
};

/** Sends an image's data to a place of the destination's Glance. */
export const send = async (
  { source, destination, signal, move }: ImageCopy,
  original: JsonObject,
  path: string,
  hash: HashName | undefined,
): Promise<string | undefined> => {
  const reader = await source.download('image', fileOf(original), signal);
  try {
    const size = Number(original['size'] ?? reader.size);
    const upload = { method: 'PUT', path, headers: octets } as const;
    const writer = await destination.upload('image', upload, size, signal);
    return (await move(reader, writer, hash === undefined ? {} : { hash })).hash;
  } catch (error) {
    reader.close();
    throw unlessMislabelled(original, error);
  }
};
