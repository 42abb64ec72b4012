import type { Request, Twin } from '@osm/resource';
import { equalJson, isJsonObject, type Json } from '@osm/kernel';

/**
 * The write that sets a new twin's options. It is the last one, since `immutable` refuses every later write: even the
 * one that says again what is so already.
 */
export const freezeLast = (
  envelope: string,
  path: string,
  source: { readonly options?: { readonly [option: string]: Json } | undefined },
  twin: Twin,
): readonly Request[] => {
  const wanted = source.options ?? {};
  const shown = isJsonObject(twin.body['options']) ? twin.body['options'] : {};
  if (twin.reused || equalJson(wanted, shown)) return [];
  return [{ method: 'PATCH', path, body: { [envelope]: { options: wanted } } }];
};
