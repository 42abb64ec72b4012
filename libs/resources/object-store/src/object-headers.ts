/** Headers of an object. */
export type Headers = { readonly [name: string]: string };

/** Attributes of an object beside its owner's metadata. */
const carriedNames = new Set([
  'content-type',
  'content-encoding',
  'content-disposition',
  'content-language',
  'cache-control',
  'expires',
  'x-delete-at',
  'x-object-manifest',
  'x-robots-tag',
]);

/** What of an object's headers its copy has, too: byte for byte, whatever they are encoded in. */
const carriedHeaders = (headers: Headers): Headers =>
  Object.fromEntries(
    Object.entries(headers)
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => carriedNames.has(name) || name.startsWith('x-object-meta-'))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

/** The same as a request has them. */
export const sentHeaders = (headers: Headers): Headers => {
  const { 'content-type': type, ...others } = carriedHeaders(headers);
  // Without one Swift guesses from the name.
  return { ...others, 'Content-Type': type ?? 'application/octet-stream' };
};

/** Whether two objects have the same attributes. */
export const sameHeaders = (a: Headers, b: Headers): boolean =>
  JSON.stringify(carriedHeaders(a)) === JSON.stringify(carriedHeaders(b));
