import { isJsonObject, type Json, type JsonObject } from '@osm/kernel';

/** What Glance names itself, and what Nova writes into a snapshot about the server that it was made of. */
const notCarried = new Set([
  ...['id', 'name', 'status', 'created_at', 'updated_at', 'size', 'virtual_size', 'checksum', 'owner', 'visibility'],
  ...[
    'protected',
    'tags',
    'self',
    'file',
    'schema',
    'locations',
    'direct_url',
    'stores',
    'os_hash_algo',
    'os_hash_value',
  ],
  ...['os_hidden', 'disk_format', 'container_format', 'min_disk', 'min_ram', 'base_image_ref', 'instance_uuid'],
  ...['user_id', 'owner_id', 'owner_user_name', 'owner_project_name', 'boot_roles', 'image_type', 'image_state'],
  ...['image_location', 'kernel_id', 'ramdisk_id', 'block_device_mapping', 'bdm_v2', 'root_device_name', 'mappings'],
  ...['os_glance_failed_import', 'os_glance_importing_to_stores', 'os_glance_import_task'],
]);

/**
 * The record of a root disk's image at the destination: the formats and sizes of the snapshot, and those of its properties
 * that say how the guest boots, firmware and buses among them. References to other images are kept where those have twins.
 */
export const rootImage = (
  snapshot: JsonObject,
  name: string,
  imageTwin: (id: string) => string | undefined,
): JsonObject => ({
  name,
  visibility: 'private',
  // Nobody shall pick it for a new server by mistake; who knows its id may use it.
  os_hidden: true,
  disk_format: snapshot['disk_format'] ?? 'raw',
  container_format: snapshot['container_format'] ?? 'bare',
  min_disk: snapshot['min_disk'] ?? 0,
  min_ram: snapshot['min_ram'] ?? 0,
  ...Object.fromEntries(Object.entries(snapshot).filter(([key, value]) => !notCarried.has(key) && value !== null)),
  ...Object.fromEntries(
    ['base_image_ref', 'kernel_id', 'ramdisk_id'].flatMap((key): [string, Json][] => {
      const id = snapshot[key];
      const twin = typeof id === 'string' && id !== '' ? imageTwin(id) : undefined;
      return twin === undefined ? [] : [[key, twin]];
    }),
  ),
});

/** The changes that make of a temporary image what a twin is rebuilt from: a name and a word for people. */
export const asKept = (server: { readonly name: string }, twinId: string): readonly JsonObject[] => [
  { op: 'replace', path: '/name', value: `${server.name}: root disk`.slice(0, 255) },
  {
    op: 'add',
    path: '/description',
    value: `The root disk of server ${twinId} as it was migrated. The server refers to it: a rebuild starts from it.`,
  },
];

/** Whether Glance's answer is of an image that is there for good or on its way. */
export const stateOf = (image: JsonObject | undefined): string =>
  isJsonObject(image) ? String(image['status']) : 'gone';
