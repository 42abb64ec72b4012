import { isJsonObject } from '@osm/kernel';
import { listed } from '../listed.ts';
import { nameOf, only, without, type Thing, type View } from './thing.ts';

/** The prefix's volume types and the volumes of the tenant's projects, with the hash of their bytes. */
export const blockStorageThings = async (view: View): Promise<Thing[]> => [
  ...(await typeThings(view)),
  ...(await volumeThings(view)),
];

const typeThings = async ({ cloud, prefix, projects }: View): Promise<Thing[]> => {
  const listing = { path: '/types', key: 'volume_types', query: { is_public: 'None' } };
  const types = await listed(cloud, 'block-storage', listing);
  const ours = types.filter(({ name }) => String(name).startsWith(prefix));
  return Promise.all(
    ours.map(async (type) => {
      const access = { path: `/types/${String(type['id'])}/os-volume-type-access`, key: 'volume_type_access' };
      const allowed = type['is_public'] === false ? await listed(cloud, 'block-storage', access) : [];
      return {
        type: 'volume-type',
        place: String(type['name']),
        looks: {
          ...only(type, 'description', 'is_public', 'extra_specs'),
          access: allowed.map(({ project_id }) => nameOf(projects, project_id)).sort(),
        },
      };
    }),
  );
};

const volumeThings = async (view: View): Promise<Thing[]> => {
  const things: Thing[] = [];
  for (const project_id of view.projects.keys()) {
    const query = { all_tenants: '1', project_id };
    const volumes = await listed(view.cloud, 'block-storage', { path: '/volumes/detail', key: 'volumes', query });
    for (const volume of volumes) {
      const image = volume['volume_image_metadata'];
      things.push({
        type: 'volume',
        place: `${nameOf(view.projects, volume['os-vol-tenant-attr:tenant_id'])}/${String(volume['name'])}`,
        looks: {
          ...only(volume, 'description', 'size', 'status', 'bootable', 'encrypted', 'multiattach', 'volume_type'),
          metadata: volume['metadata'],
          // The image is one of its own cloud.
          image: isJsonObject(image) ? without(image, ['image_id']) : {},
          bytes: await view.hashVolume(String(volume['id'])),
        },
      });
    }
  }
  return things;
};
