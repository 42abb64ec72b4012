import { decodeEvent, inventoryOfType, parseSubject, type InventoryRow } from '@osm/contracts';
import { Failure, type JsonObject, type Ref } from '@osm/kernel';
import type { Resource } from '@osm/resource';
import type { Filters } from './filters.ts';
import { routeOf, type Session } from './session.ts';
import { counted, inWords } from './words.ts';

/** What a person asked for: one resource by its id or name, or all that the filters fit. */
export type Choice =
  | { readonly kind: 'one'; readonly handler: Resource; readonly id: string }
  | { readonly kind: 'batch'; readonly handler: Resource; readonly filters: Filters };

/** The resources that are meant, of those that the registry knows as of a position of the log, in the order of ids. */
export const chooseRoots = async (session: Session, choice: Choice, atLeast: number): Promise<readonly Ref[]> => {
  const { type } = choice.handler;
  const cloud = routeOf(session.settings).source;
  if (choice.kind === 'one') return [{ type, id: await idOf(session, choice, cloud, atLeast) }];
  const rows = await session.asker.ask('registry.inventory', { cloud, type, filters: choice.filters, atLeast });
  const present = rows.filter(({ vanished }) => !vanished);
  const eligible = await eligibleIds(session, cloud, choice.handler);
  return present
    .map(({ source_id: id }) => ({ type, id }))
    .filter(({ id }) => eligible.has(id))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
};

/** Clouds make some resources themselves (a project's default security group): those are not asked for by a filter. */
const eligibleIds = async ({ log }: Session, cloud: string, handler: Resource): Promise<ReadonlySet<string>> => {
  const latest = new Map<string, JsonObject>();
  for await (const recorded of log.read({ filter: inventoryOfType(cloud, handler.type) })) {
    const subject = parseSubject(recorded.subject);
    const event = decodeEvent(recorded);
    if (subject.aggregate === 'inventory' && event.type === 'ResourceObserved') {
      latest.set(subject.ref.id, event.data.attributes);
    }
  }
  return new Set([...latest].filter(([, attributes]) => handler.eligible(attributes)).map(([id]) => id));
};

const idOf = async (
  session: Session,
  { handler: { type }, id }: Extract<Choice, { kind: 'one' }>,
  cloud: string,
  atLeast: number,
): Promise<string> => {
  const { asker, settings } = session;
  const rows = (await asker.ask('registry.inventory', { cloud, type, atLeast })).filter(({ vanished }) => !vanished);
  const meant = idMeant(type, id, rows);
  if (meant !== undefined) return meant;
  // One that is migrated and gone is known all the same: the plan says what has become of it.
  const [known] = await asker.ask('registry.mappings', { route: routeOf(settings), type, sourceId: id });
  if (known !== undefined && known.status === 'completed') return id;
  throw await noSuch(type, id, cloud, rows);
};

/** The id of the resource that somebody names by its id or its name; undefined where scans have seen none such. */
export const idMeant = (type: string, idOrName: string, rows: readonly InventoryRow[]): string | undefined => {
  if (rows.some((row) => row.source_id === idOrName)) return idOrName;
  const named = rows.filter(({ name }) => name === idOrName);
  if (named.length > 1) throw ambiguous(type, idOrName, named);
  return named[0]?.source_id;
};

const ambiguous = (type: string, name: string, rows: readonly InventoryRow[]): Failure =>
  new Failure('ambiguous-name', `cannot tell which ${type} is meant: ${rows.length} of them are named ${name}`, {
    remedy: `Name one by its id: ${rows
      .slice(0, 5)
      .map((row) => row.source_id)
      .join(', ')}${rows.length > 5 ? ', …' : ''}.`,
  });

const noSuch = async (type: string, id: string, cloud: string, rows: readonly InventoryRow[]): Promise<Failure> => {
  const { near } = await import('@osm/planning');
  const names = rows.flatMap((row) => [row.source_id, ...(row.name === null ? [] : [row.name])]);
  const [meant] = near(id, names);
  const row = rows.find((each) => each.source_id === meant || each.name === meant);
  const remedy =
    row === undefined
      ? `${cloud} has ${counted(rows.length, type)}; check the id and the type.`
      : `Did you mean ${inWords({ type, id: row.source_id }, row.name)}?`;
  return new Failure('no-such-resource', `there is no such ${type} in ${cloud}: ${id}`, { remedy });
};
