import { isJsonObject } from '@osm/kernel';
import type { Cloud } from '@osm/resource';
import { actOnVolume, until } from './made.ts';
import { hashImage } from './picture/image.ts';

/** Cinder of 2025.1 makes no image of a volume whose image metadata have nothing of their owner's: a 400 from Glance. */
const key = 'hashed_by';

/**
 * The SHA-256 of a volume's bytes, through nothing but the APIs: the volume becomes an image, whose bytes are hashed on
 * their way and which is then deleted.
 */
export const hashVolume = async (cloud: Cloud, id: string): Promise<string> => {
  await actOnVolume(cloud, id, { 'os-set_image_metadata': { metadata: { [key]: 'a test' } } });
  const imageId = await uploaded(cloud, id);
  await actOnVolume(cloud, id, { 'os-unset_image_metadata': { key } });
  const hash = await hashImage(cloud, imageId);
  await cloud.send('image', { method: 'DELETE', path: `/images/${imageId}` });
  return hash;
};

const uploaded = async (cloud: Cloud, id: string): Promise<string> => {
  const upload = { image_name: `to hash ${id}`, disk_format: 'raw', container_format: 'bare', force: false };
  const { body } = await cloud.send('block-storage', {
    method: 'POST',
    path: `/volumes/${id}/action`,
    body: { 'os-volume_upload_image': upload },
  });
  const made = isJsonObject(body) ? body['os-volume_upload_image'] : undefined;
  const imageId = String(isJsonObject(made) ? made['image_id'] : undefined);
  await until(cloud, 'image', `/images/${imageId}`, null, ({ status }) => status === 'active');
  await until(cloud, 'block-storage', `/volumes/${id}`, 'volume', ({ status }) => status === 'available');
  return imageId;
};
