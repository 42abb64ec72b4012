import type { Copier } from './copy-object.ts';
import { headOf } from './copy-object.ts';
import { objectPath } from './container-name.ts';
import type { Listed } from './listing.ts';
import { sameHeaders, sentHeaders, type Headers } from './object-headers.ts';

/** What a look at the attributes of an object whose content is equal came to. */
export interface Looked {
  readonly found: 'equal' | 'updated' | 'gone' | 'kept' | 'other';
  /** Those of the original, where they are the twin's, too. */
  readonly headers: Headers;
}

/**
 * Compares what a listing does not show: metadata, expiry, encoding. What differs is written anew without its bytes; `other`:
 * the object has to be copied whole; `kept`: it differs, and may not be written to.
 */
export const updateObject = async (
  copier: Copier,
  container: string,
  { name, bytes }: Listed,
  mayWrite: boolean,
): Promise<Looked> => {
  const { source, destination, signal } = copier;
  const [original, twin] = await Promise.all(
    [source, destination].map((cloud) => headOf(cloud, container, name, 'itself', signal)),
  );
  if (original === undefined) return { found: 'gone', headers: {} };
  if (twin === undefined) return { found: 'other', headers: {} };
  if (sameHeaders(original, twin)) return { found: 'equal', headers: original };
  if (!mayWrite) return { found: 'kept', headers: {} };
  // A POST to a link goes to where it leads, and one to a manifest loses it: they are as good as nothing to send.
  if (bytes === 0) return { found: 'other', headers: {} };
  const request = { method: 'POST', path: objectPath(container, name), headers: sentHeaders(original) } as const;
  await destination.send('object-store', { ...request, repeatable: true }, signal);
  return { found: 'updated', headers: original };
};
