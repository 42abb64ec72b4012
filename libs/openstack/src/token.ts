import { isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import type { Identity } from '@osm/resource';

/** One URL of a service in Keystone's catalogue. */
export interface CatalogueEndpoint {
  readonly type: string;
  readonly interface: string;
  readonly region: string | undefined;
  readonly url: string;
}

export interface Token {
  readonly id: string;
  readonly identity: Identity;
  readonly catalogue: readonly CatalogueEndpoint[];
  /** When we got it, in milliseconds of our own clock. */
  readonly gotMs: number;
  /** How long it lives from then on, by the cloud's clock: the two clocks may differ, the span does not. */
  readonly lifeMs: number;
}

/** The token out of Keystone's answer; undefined where that is no such answer. */
export const tokenOf = (id: string | undefined, body: Json, gotMs: number): Token | undefined => {
  const token = isJsonObject(body) ? body['token'] : undefined;
  if (id === undefined || !isJsonObject(token)) return undefined;
  const user = object(token['user']);
  const project = object(token['project']);
  return {
    id,
    gotMs,
    lifeMs: life(token, gotMs),
    identity: {
      userId: text(user['id']) ?? '',
      projectId: text(project['id']),
      roles: objects(token['roles']).flatMap((role) => text(role['name']) ?? []),
    },
    catalogue: objects(token['catalog']).flatMap(endpoints),
  };
};

/** Whether less of the token's life than this fraction has passed. */
export const isFresh = ({ gotMs, lifeMs }: Token, nowMs: number, fraction: number): boolean =>
  nowMs - gotMs < lifeMs * fraction;

const life = (token: JsonObject, gotMs: number): number => {
  const issued = Date.parse(text(token['issued_at']) ?? '');
  const expires = Date.parse(text(token['expires_at']) ?? '');
  return Number.isNaN(expires) ? Infinity : Math.max(0, expires - (Number.isNaN(issued) ? gotMs : issued));
};

const endpoints = (service: JsonObject): readonly CatalogueEndpoint[] =>
  objects(service['endpoints']).map((endpoint) => ({
    type: text(service['type']) ?? '',
    interface: (text(endpoint['interface']) ?? '').replace(/URL$/, ''),
    region: text(endpoint['region_id']) ?? text(endpoint['region']),
    url: text(endpoint['url']) ?? '',
  }));

const object = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});
const objects = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isJsonObject) : [];
const text = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);
