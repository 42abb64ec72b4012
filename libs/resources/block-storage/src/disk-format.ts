import { isFailure, isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import type { Cloud, Strategies } from '@osm/resource';

/** Bytes of a volume, and how many of them were ever written, as far as that can be known. */
export interface Disk {
  readonly size: number;
  readonly written: number;
}

/** Bytes per second of each stage. */
export interface Rates {
  /** Of the link between the clouds. */
  readonly link: number;
  /** Of Cinder reading a volume into a file, which a conversion reads again. */
  readonly read: number;
  /** Of Cinder packing what was written: qemu-img compresses with some threads of zlib. */
  readonly pack: number;
}

/** What a backend on disks and a host with a few free cores do; the link's own is the operator's to say. */
const usual = { read: 400_000_000, pack: 150_000_000 } as const;

/** The share of a volume that is taken for written where its pool does not tell: an empty disk and a full one are rare. */
const usualShare = 0.5;

/**
 * Whether a volume crosses sooner as qcow2: what the link is spared must be more than what reading it twice, packing it and
 * unpacking it cost. No compression is reckoned with: how well data pack is not known before.
 */
export const packsSooner = ({ size, written }: Disk, { link, read, pack }: Rates): boolean =>
  (size - written) / link > size / read + written / pack + written / read;

/**
 * Raw or qcow2. Cinder shows of no volume how much of it was written; the administrator is shown how full the pools are,
 * and a volume is taken to be as full as its pool.
 */
export const diskFormat: Strategies = {
  probe: async (source, _destination, policy, signal) =>
    policy.volume_disk_format === 'auto' && policy.link_mbytes_per_second !== null
      ? { fullness: await fullness(source, signal) }
      : {},
  choose: (attributes, policy, facts) => {
    if (policy.volume_disk_format !== 'auto') {
      return { name: policy.volume_disk_format, reason: `volume_disk_format is ${policy.volume_disk_format}` };
    }
    if (policy.link_mbytes_per_second === null) {
      return { name: 'raw', reason: 'link_mbytes_per_second is not set: the clouds are taken to be near each other' };
    }
    return byTheLink(Number(attributes['size']), shareOf(attributes, facts), policy.link_mbytes_per_second);
  },
};

const byTheLink = (gib: number, share: number | undefined, megabytes: number) => {
  const size = gib * 1024 ** 3;
  const written = size * (share ?? usualShare);
  const isPacked = packsSooner({ size, written }, { ...usual, link: megabytes * 1_000_000 });
  const grounds = share === undefined ? 'assumed, Cinder tells nothing' : 'assumed, as full as its pool';
  const told = `about ${round(gib * (share ?? usualShare))} of ${gib} GiB allocated (${grounds})`;
  return isPacked
    ? { name: 'qcow2', reason: `${told}: at ${megabytes} MB/s the rest costs more time than packing it` }
    : { name: 'raw', reason: `${told}: at ${megabytes} MB/s packing it costs more time than it spares` };
};

const round = (gib: number): number => (gib < 10 ? Math.round(gib * 10) / 10 : Math.round(gib));

const shareOf = (attributes: JsonObject, facts: JsonObject): number | undefined => {
  const known = facts['fullness'];
  const share = isJsonObject(known) ? known[String(attributes['os-vol-host-attr:host'])] : undefined;
  return typeof share === 'number' ? share : undefined;
};

/** By pool, the share of the space given to volumes that is really taken. A tenant is not shown it. */
const fullness = async (cloud: Cloud, signal: AbortSignal): Promise<JsonObject> => {
  const request = { method: 'GET', path: '/scheduler-stats/get_pools', query: { detail: 'true' } } as const;
  try {
    const { body } = await cloud.send('block-storage', request, signal);
    const pools = isJsonObject(body) && Array.isArray(body['pools']) ? body['pools'] : [];
    return Object.fromEntries(pools.flatMap(fullnessOf));
  } catch (error) {
    if (isFailure(error) && error.disposition === 'stop') return {};
    throw error;
  }
};

/** Only of pools that give out what is written to, and that say how much they have given away. */
const fullnessOf = (pool: Json): readonly (readonly [string, number])[] => {
  const shown = isJsonObject(pool) ? pool['capabilities'] : undefined;
  if (!isJsonObject(pool) || !isJsonObject(shown) || shown['thin_provisioning_support'] !== true) return [];
  const { total_capacity_gb: total, free_capacity_gb: free, provisioned_capacity_gb: given } = shown;
  if (typeof total !== 'number' || typeof free !== 'number' || typeof given !== 'number') return [];
  const taken = total - free;
  return given > 0 && taken >= 0 && taken <= given ? [[String(pool['name']), taken / given]] : [];
};
