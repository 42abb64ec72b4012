/**
 * The entries of a container's access lists. Besides `.r:*`, `.rlistings` and names of roles there are `project:user`
 * ones, each side an id or `*`; ids mean nothing in another cloud. (Names of projects and users of the default domain are
 * let in as well: they are the same at the destination.)
 */
interface Named {
  readonly project: string | undefined;
  readonly user: string | undefined;
}

const isId = (text: string): boolean => /^(?:[0-9a-f]{32}|[0-9a-f]{64})$/.test(text);

const namedIn = (entry: string): Named => {
  const at = entry.startsWith('.') ? -1 : entry.indexOf(':');
  const [project, user] = at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
  return { project: isId(project) ? project : undefined, user: isId(user) ? user : undefined };
};

/** The projects whom the lists let in by their id. */
export const projectsIn = (entries: readonly string[]): readonly string[] =>
  entries.flatMap((entry) => namedIn(entry).project ?? []);

/** The users whom the lists let in by their id. */
export const usersIn = (entries: readonly string[]): readonly string[] =>
  entries.flatMap((entry) => namedIn(entry).user ?? []);

export interface Twins {
  project(id: string): string | undefined;
  user(id: string): string | undefined;
}

/** Each entry as it reads at the destination; null for one that names a project or user without a twin. */
export const entriesAtDestination = (entries: readonly string[], twins: Twins): readonly (string | null)[] =>
  entries.map((entry) => {
    const { project, user } = namedIn(entry);
    const others = [
      [project, project === undefined ? undefined : twins.project(project)],
      [user, user === undefined ? undefined : twins.user(user)],
    ] as const;
    return others.reduce<string | null>((text, [id, twin]) => {
      if (id === undefined || text === null) return text;
      return twin === undefined ? null : text.replace(id, twin);
    }, entry);
  });
