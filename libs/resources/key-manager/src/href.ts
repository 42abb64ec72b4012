import { Failure, isJsonObject, type Json, type Ref } from '@osm/kernel';
import type { Cloud } from '@osm/resource';

const collections = { secret: 'secrets', 'secret-container': 'containers' } as const;

/** The types that Barbican names by their full URL, wherever another resource refers to them. */
export type Referable = keyof typeof collections;

const types: { readonly [collection: string]: Referable } = { secrets: 'secret', containers: 'secret-container' };

/** What an href of Barbican's names: `https://keys.example/v1/containers/<uuid>`; undefined where it names neither. */
export const refOfHref = (href: string): Ref | undefined => {
  const [collection = '', id = ''] = href.replace(/\/+$/, '').split('/').slice(-2);
  const type = types[collection];
  return type === undefined || id === '' ? undefined : { type, id };
};

/** The id at the end of an href. */
export const idOfHref = (href: Json | undefined): string => refOfHref(String(href))?.id ?? '';

/** The href of a secret or container below the root that `keyManagerRoot` has told. */
export const hrefOf = (root: string, type: Referable, id: string): string => `${root}/${collections[type]}/${id}`;

/**
 * What every href of a cloud's Barbican begins with: `https://keys.example/v1`. It comes from Barbican's own configuration
 * (`host_href`), not from the catalogue, and Barbican refuses hrefs that begin with anything else.
 */
export const keyManagerRoot = async (cloud: Cloud, signal?: AbortSignal): Promise<string> => {
  const { body } = await cloud.send('key-manager', { method: 'GET', path: '/' }, signal);
  const version = isJsonObject(body) ? body['version'] : undefined;
  const links = isJsonObject(version) && Array.isArray(version['links']) ? version['links'].filter(isJsonObject) : [];
  const href = links.find(({ rel }) => rel === 'self')?.['href'];
  if (typeof href === 'string' && href !== '') return href.replace(/\/+$/, '');
  throw new Failure('unreadable-answer', `cannot tell the hrefs of the key manager of ${cloud.name}: it does not say`, {
    remedy: 'The endpoint may not be the key manager that the catalogue says it is.',
  });
};
