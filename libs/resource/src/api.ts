import type { JsonObject } from '@osm/kernel';
import type { Cloud, Query, Request } from './cloud.ts';
import type { ServiceName } from './service.ts';

/**
 * The verbs of a service whose resources are no JSON in a collection (Swift: headers, and a PUT at a name). Each stands for
 * the verb of the same name in `rest.ts`, and raises what that raises.
 */
export interface Rest {
  /** One resource, with all that it shows. Raises `not-found`. */
  read(cloud: Cloud, id: string, signal?: AbortSignal): Promise<JsonObject>;
  /** What a query finds, as the list shows it; with `id`. */
  list(cloud: Cloud, query: Query, signal?: AbortSignal): AsyncIterable<JsonObject>;
  /** Sends the create request; never repeated. Raises `conflict` where there was one already. */
  create(cloud: Cloud, body: JsonObject, signal?: AbortSignal): Promise<JsonObject>;
  /** Asks for the removal; an absent one is removed already. */
  remove(cloud: Cloud, id: string, signal?: AbortSignal): Promise<void>;
  /** Whether this is a create request of the type. */
  creates(request: Request): boolean;
}

/** Where a resource type lives in its service's REST API. */
export interface Api {
  readonly service: ServiceName;
  /** The collection, below the service's versioned root: `/networks`. */
  readonly path: string;
  /** The list, where it is not the collection itself: `/volumes/detail`. */
  readonly listPath?: string;
  /** The envelope of one resource (`network`), or null where bodies have none (Glance). */
  readonly one: string | null;
  /** Attributes that a create request has beside its envelope, not in it: Nova's scheduler hints. */
  readonly beside?: readonly string[];
  /** The key of a list: `networks`. */
  readonly many: string;
  /** The query that lists what the credential may see at all: all tenants, hidden and private ones included. */
  readonly everything?: Query;
  /** Several lists instead, where one query cannot show everything (Glance: community and hidden images). */
  readonly everythingOf?: readonly Query[];
  /** Where one resource is found, when it is not `path/id`: keypairs live under their owner's name. */
  locate?(id: string): { readonly path: string; readonly query?: Query };
  /** The resource in an item of a list, where the item is not the resource itself; `query` is what the list was asked. */
  listed?(item: JsonObject, query: Query): JsonObject;
  /** How an existing one is changed. */
  readonly update: 'PUT' | 'PATCH';
  /** Sent with every request while an administrator works for all tenants: Designate hides others' zones without it. */
  readonly allTenantsHeaders?: { readonly [name: string]: string };
  /** The service's own verbs, where its resources are no JSON in a collection. */
  readonly rest?: Rest;
  /** Read with the newest microversion, written with the lowest that has the fields. */
  readonly microversion?: { readonly read: 'newest'; readonly write: string };
}

/** A type of the identity API: `identity('/projects', 'project')`. */
export const identity = (path: string, one: string): Api => ({
  service: 'identity',
  path,
  one,
  many: `${one}s`,
  update: 'PATCH',
});

/** A type of the networking API: `network('/security-groups', 'security_group')`. */
export const network = (path: string, one: string): Api => ({
  service: 'network',
  path,
  one,
  many: one.endsWith('y') ? `${one.slice(0, -1)}ies` : `${one}s`,
  update: 'PUT',
});
