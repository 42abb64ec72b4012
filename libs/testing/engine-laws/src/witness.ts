import { definitionOf, type MigrationEvent } from '@osm/contracts';
import { isJsonObject, marker, type JsonObject } from '@osm/kernel';
import { isCreateRequest, type Request } from '@osm/resource';
import { namedTwins } from '@osm/testing/resource-contract';
import type { Call } from './around.ts';
import { named, type Scene } from './scene.ts';

/** What the laws look at when all is over. */

/** Whether a request makes a resource of the scene's type at the destination. */
export const isCreate =
  ({ handler }: Pick<Scene, 'handler'>) =>
  (request: Request, cloud: string): boolean =>
    cloud === 'destination' && isCreateRequest(handler.api, request);

/** Create requests of the type that have had their effect. */
export const creates = (scene: Scene): number =>
  scene.destination.writes.filter((request) => isCreate(scene)(request, 'destination')).length;

/** What happened, by type. */
export const typesOf = (events: readonly MigrationEvent[]): readonly string[] => events.map(({ type }) => type);

export const count = (events: readonly MigrationEvent[], type: MigrationEvent['type']): number =>
  events.filter((event) => event.type === type).length;

/** The failures that steps ended with, by code. */
export const failures = (events: readonly MigrationEvent[]): readonly string[] =>
  events.flatMap((event) => {
    if (event.type !== 'StepFailed') return [];
    const { code, message } = event.data.failure;
    return [code === 'unexpected' ? message : code];
  });

/** How twins came to be, in order. */
export const identified = (events: readonly MigrationEvent[]): readonly string[] =>
  events.flatMap((event) => (event.type === 'TwinIdentified' ? [event.data.how] : []));

/** Everything in both clouds, comparable between runs. */
export const worldOf = ({ source, destination }: Scene): readonly string[] => [
  ...source.snapshot().map((row) => `source ${row}`),
  ...destination.snapshot().map((row) => `destination ${row}`),
];

/** Markers are all of one form; those in traps are not. */
export const markersLeft = (scene: Scene): readonly string[] =>
  worldOf(scene).filter((row) => /osm-[0-9a-f]{23}/.test(row));

/** Events that do not fit the catalogue. */
export const malformed = (events: readonly MigrationEvent[]): readonly string[] =>
  events.filter(({ type, data }) => !definitionOf(type).data.safeParse(data).success).map(({ type }) => type);

/** The marker that the twin of this scene is made with. */
export const markerOf = ({ ref }: Scene): string =>
  marker({ source: 'source', destination: 'destination' }, ref.type, ref.id);

/** A resource that others made and that is as good as the twin. */
export const rivalOf = (scene: Scene, changes: JsonObject = {}): JsonObject => {
  const { fixture } = scene;
  const { id: _id, ...minimal } = fixture.minimal;
  return named(scene, { ...minimal, ...fixture.twin, ...fixture.body, ...changes }, 'rival');
};

/** A resource that carries the marker of an attempt that nobody remembers. */
export const markedOf = (scene: Scene, field: 'description' | 'metadata', id: string): JsonObject => {
  const { fixture } = scene;
  const { metadata } = fixture.body;
  const mark =
    field === 'description'
      ? { description: markerOf(scene) }
      : { metadata: { ...(isJsonObject(metadata) ? metadata : {}), osm_marker: markerOf(scene) } };
  return { ...fixture.minimal, ...fixture.body, ...mark, id };
};

/** The id that the scene's own resource would have if its twin were named after it. */
export const externalId = ({ ref }: Scene): string => String(namedTwins(ref));

/** A call in words, for the list of what went wrong. */
export const told = (call: Call | undefined): string => {
  if (call === undefined) return 'nothing';
  if (call.port === 'log')
    return call.what === 'load' ? 'load' : `append ${call.events.map(({ type }) => type).join()}`;
  if (call.what === 'ask') return `ask ${call.cloud}`;
  return call.what === 'list'
    ? `list ${call.cloud} ${call.path}`
    : `${call.request.method} ${call.cloud} ${call.request.path}`;
};
