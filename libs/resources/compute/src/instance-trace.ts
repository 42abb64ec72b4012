import { digest } from '@osm/kernel';

/**
 * The tag that the create request carries until the twin is known for certain: the same each time, another one for each
 * original, and it tells nothing of the original's id. Servers can be asked for by their tags; a query by metadata, which
 * Nova documents, is refused by it ("Invalid filter field").
 */
export const traceOf = ({ id }: { readonly id: string }): string =>
  `osm-${digest({ type: 'instance', id })
    .replace(/[^0-9a-f]/g, '')
    .slice(0, 23)}`;

/** Nova lets a server have so many tags. */
const mostTags = 50;

/** The source's tags and the trace; what has no room comes with the trace's removal. */
export const tracedTags = (s: { readonly id: string; readonly tags: readonly string[] }): readonly string[] => [
  ...s.tags.slice(0, mostTags - 1),
  traceOf(s),
];
