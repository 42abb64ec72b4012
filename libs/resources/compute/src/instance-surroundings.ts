import { isFailure, isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import type { Cloud, Request } from '@osm/resource';
import { z } from 'zod';
import { inDeviceOrder } from './disks.ts';
import { inGuestOrder } from './nics.ts';

const Cards = z.array(
  z.object({ port_id: z.string(), mac_addr: z.string(), tag: z.string().nullish() }).transform((card) => ({
    ...{ port_id: card.port_id, mac: card.mac_addr, tag: card.tag ?? null },
  })),
);

const Attachments = z.array(
  z
    .object({
      volumeId: z.string(),
      device: z.string().nullish(),
      tag: z.string().nullish(),
      delete_on_termination: z.boolean(),
    })
    .transform(({ volumeId, device, tag, delete_on_termination }) => ({
      ...{ volume_id: volumeId, device: device ?? null, tag: tag ?? null, delete_on_termination },
    })),
);

/**
 * What the listing lacks of a server: its flavor's id, which newer microversions hide; its cards and volumes in the guest's
 * order, with their tags; its groups, which only the answer about one server names; and whether its keypair is still there.
 */
export const withSurroundings = (cloud: Cloud): Promise<(item: JsonObject) => Promise<JsonObject>> => {
  const groups = once(() => membersByGroup(cloud));
  const flavors = byKey((id) => sizesOf(cloud, id));
  const shared = byKey((id) => isShared(cloud, id));
  const keys = byKey((request) => exists(cloud, request));
  return Promise.resolve(async (item) => {
    const id = String(item['id']);
    const [flavorId, cards, attached] = await Promise.all([
      flavorOf(cloud, id),
      about(cloud, id, 'os-interface', 'interfaceAttachments'),
      about(cloud, id, 'os-volume_attachments', 'volumeAttachments'),
    ]);
    const attachments = inDeviceOrder(Attachments.parse(attached));
    const volumes = await Promise.all(
      attachments.map(async ({ volume_id }) => ((await shared(volume_id)) ? [volume_id] : [])),
    );
    const interfaces = inGuestOrder(item['addresses'], Cards.parse(cards));
    return {
      flavor_id: flavorId !== null && isOfSize(item['flavor'], await flavors(flavorId)) ? flavorId : null,
      interfaces: interfaces.map((one): Json => ({ ...one })),
      attachments: attachments.map((one): Json => ({ ...one })),
      shared_volumes: volumes.flat(),
      server_groups:
        item['server_groups'] ?? (await groups()).filter(({ members }) => members.includes(id)).map((one) => one.id),
      has_key: typeof item['key_name'] === 'string' && (await keys(keyOf(item['user_id'], item['key_name']))),
    };
  });
};

/** Asks for each thing once. */
const byKey = <T>(ask: (key: string) => Promise<T>): ((key: string) => Promise<T>) => {
  const asked = new Map<string, Promise<T>>();
  return (key) => {
    const known = asked.get(key) ?? ask(key);
    asked.set(key, known);
    return known;
  };
};

const once = <T>(ask: () => Promise<T>): (() => Promise<T>) => {
  const kept = byKey(ask);
  return () => kept('');
};

const about = async (cloud: Cloud, id: string, path: string, key: string): Promise<Json> => {
  const request: Request = { method: 'GET', path: `/servers/${id}/${path}`, microversion: 'newest', accept: [404] };
  const { body } = await cloud.send('compute', request);
  return (isJsonObject(body) ? body[key] : undefined) ?? [];
};

/** The last microversion that shows it. */
const flavorOf = async (cloud: Cloud, id: string): Promise<string | null> => {
  const request: Request = { method: 'GET', path: `/servers/${id}`, microversion: '2.46', accept: [404] };
  const { body } = await cloud.send('compute', request);
  const server = isJsonObject(body) ? body['server'] : undefined;
  const flavor = isJsonObject(server) ? server['flavor'] : undefined;
  return isJsonObject(flavor) ? String(flavor['id']) : null;
};

const sizesOf = async (cloud: Cloud, id: string): Promise<JsonObject | undefined> => {
  const path = `/flavors/${encodeURIComponent(id)}`;
  const { status, body } = await cloud.send('compute', { method: 'GET', path, microversion: 'newest', accept: [404] });
  const flavor = isJsonObject(body) ? body['flavor'] : undefined;
  return status === 404 || !isJsonObject(flavor) ? undefined : flavor;
};

/** Whether a flavor of that id is the one that the server was booted with: ids can be given anew. */
const isOfSize = (embedded: Json | undefined, flavor: JsonObject | undefined): boolean =>
  flavor !== undefined &&
  isJsonObject(embedded) &&
  embedded['ram'] === flavor['ram'] &&
  embedded['vcpus'] === flavor['vcpus'] &&
  embedded['disk'] === flavor['disk'] &&
  embedded['swap'] === flavor['swap'] &&
  embedded['ephemeral'] === flavor['OS-FLV-EXT-DATA:ephemeral'];

const isShared = async (cloud: Cloud, id: string): Promise<boolean> => {
  const { body } = await cloud.send('block-storage', { method: 'GET', path: `/volumes/${id}`, accept: [404] });
  const volume = isJsonObject(body) ? body['volume'] : undefined;
  return isJsonObject(volume) && volume['multiattach'] === true;
};

const Groups = z.array(z.object({ id: z.string(), members: z.array(z.string()) }));

/** Nova does not heed the wish for all projects where it is a tenant's. */
const membersByGroup = async (cloud: Cloud): Promise<z.infer<typeof Groups>> => {
  const groups: JsonObject[] = [];
  const options = { key: 'server_groups', query: { all_projects: 'True' }, microversion: 'newest' };
  for await (const group of cloud.list('compute', '/os-server-groups', options)) groups.push(group);
  return Groups.parse(groups);
};

const keyOf = (userId: Json | undefined, name: string): string =>
  `/os-keypairs/${encodeURIComponent(name)}?user_id=${String(userId)}`;

/** A tenant is not told about the keys of others. */
const exists = async (cloud: Cloud, key: string): Promise<boolean> => {
  const [path = '', user_id = ''] = key.split('?user_id=');
  try {
    await cloud.send('compute', { method: 'GET', path, query: { user_id }, microversion: 'newest' });
    return true;
  } catch (error) {
    if (isFailure(error) && (error.code === 'not-found' || error.code === 'forbidden')) return false;
    throw error;
  }
};
