/** What an event is about, for people; and where the page shows it, where it does. */
export interface EventAbout {
  readonly kind: 'scan' | 'plan' | 'inventory' | 'migration' | 'limits' | 'access' | 'other';
  /** The type of a resource; of what is no resource, what it is. */
  readonly what: string;
  /** Undefined: there is only one of its kind. */
  readonly id: string | undefined;
  /** The cloud, or the two of a migration. */
  readonly where: string | undefined;
  readonly to: string | undefined;
}

/** As the subject of an event tells it. */
export const eventAbout = (subject: string): EventAbout => {
  const [, , kind = '', ...parts] = subject.split('.');
  const [first = '', second = '', third = ''] = parts;
  const [type, id] = [decoded(second), decoded(third)];
  switch (kind) {
    case 'scan':
      return { kind, what: 'scan', id: decoded(first), where: undefined, to: undefined };
    case 'plan':
      return {
        kind,
        what: 'plan',
        id: decoded(first),
        where: undefined,
        to: `/plans/${encodeURIComponent(decoded(first))}`,
      };
    case 'inventory':
      return { kind, what: type, id, where: decoded(first), to: undefined };
    case 'migration':
      return {
        kind,
        what: type,
        id,
        where: routeOf(first),
        to: `/resources?${new URLSearchParams({ of: `${type}/${id}` }).toString()}`,
      };
    case 'limits':
    case 'access':
      return { kind, what: kind, id: undefined, where: undefined, to: undefined };
    default:
      return { kind: 'other', what: subject, id: undefined, where: undefined, to: undefined };
  }
};

/** The inverse of how subjects are written: what a subject may not have in it stands as its bytes, `=2E`. */
const decoded = (token: string): string => {
  if (token === '=') return '';
  return decodeURIComponent(token.replaceAll('%', '%25').replaceAll(/=([0-9A-F]{2})/g, '%$1'));
};

const routeOf = (key: string): string => {
  const at = key.indexOf('--');
  return `${decoded(key.slice(0, at))} → ${decoded(key.slice(at + 2))}`;
};

/** The filter that takes the events of one sort of thing. */
export const subjectOfKind = (kind: EventAbout['kind']): string =>
  kind === 'limits' || kind === 'access' ? `osm.evt.${kind}` : `osm.evt.${kind}.>`;
