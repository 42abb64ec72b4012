import { isJsonObject, marker, markerId, traceOf, type JsonObject, type Ref, type Route } from '@osm/kernel';
import { loanName, type Resource } from '@osm/resource';

/** What a marker was made of, and what for. */
export interface Origin {
  readonly route: Route;
  readonly ref: Ref;
  readonly step: string;
  /** A twin; something temporary; a role that a scan borrows for one question. */
  readonly role: 'twin' | 'auxiliary' | 'look';
  /** Of a twin: how many had been given up before. */
  readonly discarded: number;
}

/** Twins that may have been given up before, where no log says how many: more than that nobody has seen. */
const mostDiscarded = 3;

/** Whether a text is, or begins with, a marker of ours; undefined: it is none. `osm-…-lent-…` begins with one. */
export const markIn = (text: unknown): string | undefined =>
  typeof text === 'string' ? /^osm-[0-9a-f]{23}(?![0-9a-f])/.exec(text)?.[0] : undefined;

/** The marker under `osm_marker` of a resource's metadata. */
export const markInMetadata = (item: JsonObject): string | undefined =>
  isJsonObject(item['metadata']) ? markIn(item['metadata']['osm_marker']) : undefined;

/** Whether twins of the type are known by a tag that stands where others have their marker. */
export const hasTrace = ({ adopts, declared }: Resource): boolean => adopts === 'traces' && declared.includes('tags');

/** Every marker, and every id and name made like one, that this tool may put somewhere on behalf of a resource. */
export const marksOf = (
  route: Route,
  handler: Resource,
  id: string,
  discarded = mostDiscarded,
): readonly (readonly [mark: string, origin: Origin])[] => {
  const ref = { type: handler.type, id };
  const origin = (step: string, role: Origin['role'], nth = 0): Origin => ({ route, ref, step, role, discarded: nth });
  const twins = Array.from({ length: discarded + 1 }, (_, nth) => twinMarks(route, handler, ref, nth, origin)).flat();
  const steps = [...handler.ownSteps, ...handler.auxiliary].map(
    ({ name }) => [marker(route, ref.type, id, name), origin(name, 'auxiliary')] as const,
  );
  const loans =
    handler.type === 'image' ? [[loanName(id, route.destination), origin('transfer', 'auxiliary')] as const] : [];
  return [...twins, ...steps, ...loans];
};

const twinMarks = (
  route: Route,
  handler: Resource,
  ref: Ref,
  nth: number,
  origin: (step: string, role: Origin['role'], nth: number) => Origin,
): readonly (readonly [string, Origin])[] => {
  const step = nth === 0 ? 'create' : `create-${nth}`;
  const mark = marker(route, ref.type, ref.id, step);
  const made = origin('create', 'twin', nth);
  if (handler.adopts === 'assigned') return [[markerId(mark), made]];
  return hasTrace(handler) && nth === 0 ? [[traceOf(ref), made]] : [[mark, made]];
};

/** The tag of a role that a scan borrows in a project while it asks its question there. */
export const lookMark = (cloud: string, projectId: string): string =>
  marker({ source: cloud, destination: cloud }, 'project', projectId, 'look');
