import type { JsonObject } from '@osm/kernel';
import type { Cloud, Query, ServiceName } from '@osm/resource';

/** A list of the cloud, as raw JSON. */
export interface Listing {
  readonly path: string;
  readonly key: string;
  readonly query?: Query;
  readonly headers?: { readonly [name: string]: string };
  readonly microversion?: string;
}

/** Everything that a cloud lists. */
export const listed = async (
  cloud: Cloud,
  service: ServiceName,
  { path, ...options }: Listing,
): Promise<readonly JsonObject[]> => {
  const items: JsonObject[] = [];
  for await (const item of cloud.list(service, path, options)) items.push(item);
  return items;
};
