import { isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import type { Request } from '@osm/resource';
import type { MemoryRoute } from './memory-routes.ts';
import { change, create, proofOf, Refused, rowOf, shelfAt, type Store } from './memory-store.ts';

const on = (method: Request['method'], path: RegExp, answer: MemoryRoute['answer']): MemoryRoute => ({
  service: 'compute',
  method,
  path,
  answer,
});

const first = (ids: readonly string[]): string => ids[0] ?? '';
const inner = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});
const objects = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isJsonObject) : [];

const userData = 'OS-EXT-SRV-ATTR:user_data';
const hostname = 'OS-EXT-SRV-ATTR:hostname';

/** What Nova embeds of a flavor; releases that show its id show that, too. */
const flavorOf = (store: Store, id: string): JsonObject => {
  const row = shelfAt(store, '/flavors').rows.get(id) ?? {};
  const { vcpus = 1, ram = 512, disk = 1, swap = 0, name = '' } = row;
  const ephemeral = row['OS-FLV-EXT-DATA:ephemeral'] ?? 0;
  return { id, vcpus, ram, disk, swap, ephemeral, original_name: name, extra_specs: {} };
};

/** A server that runs, of a create request. */
const boot = (store: Store, body: JsonObject): JsonObject => {
  const { networks, block_device_mapping_v2, imageRef, flavorRef, user_data, key_name, ...asked } = inner(
    body['server'],
  );
  const { config_drive, hostname: name, ...shown } = asked;
  const cards = objects(networks);
  const volumes = objects(block_device_mapping_v2).filter((disk) => disk['source_type'] === 'volume');
  const { group } = inner(body['os:scheduler_hints']);
  if (imageRef !== undefined) rowOf(store, '/images', String(imageRef));
  return create(store, shelfAt(store, '/servers'), {
    ...shown,
    status: 'ACTIVE',
    tenant_id: store.project,
    flavor: flavorOf(store, String(flavorRef)),
    image: imageRef === undefined ? '' : { id: imageRef },
    key_name: key_name ?? null,
    config_drive: config_drive === true ? 'True' : '',
    server_groups: group === undefined ? [] : [group],
    interfaces: cards.map(({ port, tag }) => ({ port_id: port ?? null, tag: tag ?? null })),
    attachments: volumes.map(({ uuid, tag, delete_on_termination }, index) => ({
      ...{ volume_id: uuid ?? null, device: `/dev/sd${String.fromCharCode(98 + index)}`, tag: tag ?? null },
      delete_on_termination: delete_on_termination ?? false,
    })),
    ...(user_data === undefined ? {} : { [userData]: user_data }),
    ...(name === undefined ? {} : { [hostname]: name }),
  });
};

const imageOfRoot = (store: Store, id: string, { name }: JsonObject): JsonObject => {
  const image = create(store, shelfAt(store, '/images'), { name: name ?? null, disk_format: 'qcow2' });
  const data = Buffer.from(`root disk of ${id}`);
  store.bytes.set(String(image['id']), data);
  change(store, '/images', String(image['id']), proofOf(data));
  return { image_id: image['id'] ?? null };
};

const actions: { readonly [name: string]: (store: Store, id: string, wanted: JsonObject) => Json } = {
  createImage: imageOfRoot,
  'os-stop': (store, id) => {
    if (rowOf(store, '/servers', id)['status'] !== 'ACTIVE') throw new Refused(409, 'it does not run');
    return change(store, '/servers', id, { status: 'SHUTOFF', 'OS-EXT-STS:vm_state': 'stopped' });
  },
  lock: (store, id, { locked_reason }) =>
    change(store, '/servers', id, { locked: true, locked_reason: locked_reason ?? null }),
  unlock: (store, id) => change(store, '/servers', id, { locked: false, locked_reason: null }),
};

/** What Nova does with servers beyond rows. */
export const serverRoutes: readonly MemoryRoute[] = [
  on('POST', /^\/servers$/, (store, _ids, body) => ({ server: boot(store, body) })),
  on('GET', /^\/servers\/([^/]+)\/os-interface$/, (store, ids) => ({
    interfaceAttachments: objects(rowOf(store, '/servers', first(ids))['interfaces']).map((card) => ({
      ...card,
      mac_addr: `mac of ${String(card['port_id'])}`,
    })),
  })),
  on('GET', /^\/servers\/([^/]+)\/os-volume_attachments$/, (store, ids) => ({
    volumeAttachments: objects(rowOf(store, '/servers', first(ids))['attachments']).map(({ volume_id, ...more }) => ({
      ...more,
      volumeId: volume_id ?? null,
    })),
  })),
  on('PUT', /^\/servers\/([^/]+)\/os-volume_attachments\/([^/]+)$/, (store, ids, { volumeAttachment }) => {
    const { volumeId, delete_on_termination } = inner(volumeAttachment);
    const attachments = objects(rowOf(store, '/servers', first(ids))['attachments']).map((one) =>
      one['volume_id'] === volumeId ? { ...one, delete_on_termination: delete_on_termination ?? false } : one,
    );
    change(store, '/servers', first(ids), { attachments });
    return null;
  }),
  on('PUT', /^\/servers\/([^/]+)\/tags$/, (store, ids, { tags }) => {
    change(store, '/servers', first(ids), { tags: tags ?? [] });
    return { tags: tags ?? [] };
  }),
  on('POST', /^\/servers\/([^/]+)\/action$/, (store, ids, body) => {
    const [[name, wanted] = ['', null]] = Object.entries(body);
    const action = actions[name];
    if (action === undefined) throw new TypeError(`the cloud in memory has no action ${name}`);
    rowOf(store, '/servers', first(ids));
    return action(store, first(ids), inner(wanted));
  }),
];
