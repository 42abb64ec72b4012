/** The id of a container: names are unique within the account of one project. A name has no slash. */
export const containerId = (projectId: string, name: string): string => `${projectId}/${name}`;

/** The project and the name that a container's id is made of. */
export const partsOf = (id: string): { readonly projectId: string; readonly name: string } => {
  const at = id.indexOf('/');
  return { projectId: id.slice(0, at), name: id.slice(at + 1) };
};

/** Where a container is found below its account's root. */
export const containerPath = (name: string): string => `/${encodeURIComponent(name)}`;

/**
 * Where an object is found below its account's root. A name may be any text: with slashes, and with parts that every HTTP
 * library takes for a way upwards (`a/../b`). Swift splits a path only after decoding it, so the slashes of such a name
 * are written as %2F.
 */
export const objectPath = (container: string, name: string): string => {
  const parts = name.split('/');
  const climbs = parts.some((part) => part === '.' || part === '..');
  if (climbs) return `/${encodeURIComponent(`${container}/${name}`)}`;
  return `${containerPath(container)}/${parts.map(encodeURIComponent).join('/')}`;
};

/** Swift lists names by the bytes of their UTF-8. */
export const compareNames = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
