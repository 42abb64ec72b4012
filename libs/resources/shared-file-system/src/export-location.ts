import { Failure } from '@osm/kernel';
import type { Cloud } from '@osm/resource';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { z } from 'zod';

const Location = z.object({
  path: z.string(),
  preferred: z.boolean().default(false),
  is_admin_only: z.boolean().default(false),
});
type Location = z.infer<typeof Location>;

/** Where a share can be mounted, the preferred place first. Places for administrators are not for clients. */
export const exportsOf = async (cloud: Cloud, shareId: string, signal?: AbortSignal): Promise<readonly Location[]> => {
  const locations: Location[] = [];
  const options = { key: 'export_locations', microversion: 'newest' };
  const path = `/shares/${shareId}/export_locations`;
  for await (const item of cloud.list('shared-file-system', path, options, signal))
    locations.push(Location.parse(item));
  return locations
    .filter(({ is_admin_only }) => !is_admin_only)
    .sort((a, b) => Number(b.preferred) - Number(a.preferred));
};

/** What `mount` wants to know: the server, as a socket takes it, and the device, as `mount` takes it. */
export interface NfsExport {
  readonly host: string;
  readonly device: string;
}

/** Reads `10.0.0.1:/path`, `server:/path`, `[fd00::1]:/path` and the same without brackets; undefined for what is no NFS export. */
export const parseExport = (path: string): NfsExport | undefined => {
  const end = path.indexOf(':/');
  if (end <= 0) return undefined;
  const name = path.slice(0, end);
  const host = name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name;
  if (!isIPv6(host) && !/^\w[\w.-]*$/.test(host)) return undefined;
  return { host, device: `${isIPv6(host) ? `[${host}]` : host}${path.slice(end)}` };
};

/** An export, and the address of this host as its server sees it. */
export interface Reach extends NfsExport {
  readonly client: string;
}

/** The first export of a share that this host has a way to. Raises `no-export` and `no-route`. */
export const reachableExport = async (
  cloud: Cloud,
  shareId: string,
  ownAddress: string | null,
  signal: AbortSignal,
): Promise<Reach> => {
  const paths = (await exportsOf(cloud, shareId, signal)).map(({ path }) => path);
  const nfs = paths.map(parseExport).filter((found) => found !== undefined);
  if (nfs.length === 0) throw noExport(cloud, shareId, paths);
  for (const one of nfs) {
    const client = ownAddress ?? (await addressTowards(one.host));
    if (client !== undefined) return { ...one, client };
  }
  throw new Failure(
    'no-route',
    `cannot mount share ${shareId} of ${cloud.name}: this host has no way to ${nfs.map(({ host }) => host).join(', ')}`,
    {
      remedy: 'Run data-transfer on a host in the share network, or set manila_local_access_ip if the route is known.',
    },
  );
};

/** The address that the kernel would take towards a host; nothing is sent. Undefined: there is no way. */
export const addressTowards = async (host: string): Promise<string | undefined> => {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  try {
    const connected = once(socket, 'connect');
    socket.connect(2049, host);
    await connected;
    return socket.address().address;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  } finally {
    socket.close();
  }
};

const noExport = (cloud: Cloud, shareId: string, paths: readonly string[]): Failure =>
  new Failure(
    'no-export',
    paths.length === 0
      ? `cannot mount share ${shareId} of ${cloud.name}: it is exported nowhere`
      : `cannot mount share ${shareId} of ${cloud.name}: none of its exports is an NFS path: ${paths.join(', ')}`,
    {
      remedy:
        'Look at openstack share export location list: the share service may have lost the share; with an administrator’s reset and a restart of manila-share it exports it again. Then retry.',
    },
  );
