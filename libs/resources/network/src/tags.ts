import type { Context, Request, Twin } from '@osm/resource';

/**
 * Gives a twin the tags of its source: Neutron takes them in a request of their own only. What others made keeps its
 * tags.
 */
export const tagTwin = (
  collection: string,
  tags: readonly string[] | undefined,
  twin: Twin,
  context: Context,
): readonly Request[] => {
  if (tags === undefined || tags.length === 0 || twin.reused || !context.extensions.has('standard-attr-tag')) return [];
  return [{ method: 'PUT', path: `/${collection}/${twin.id}/tags`, body: { tags: [...tags] } }];
};
