import { traceOf } from '@osm/kernel';

/** Nova lets a server have so many tags. */
const mostTags = 50;

/**
 * The source's tags and the trace; what has no room comes with the trace's removal. Servers can be asked for by their tags; a
 * query by metadata, which Nova documents, is refused by it ("Invalid filter field").
 */
export const tracedTags = (s: { readonly id: string; readonly tags: readonly string[] }): readonly string[] => [
  ...s.tags.slice(0, mostTags - 1),
  traceOf({ type: 'instance', id: s.id }),
];
